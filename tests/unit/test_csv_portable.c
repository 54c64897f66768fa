/* test_csv_portable.c - test_csv.c once more over the scanning loop that does not use SSE2. */
#define LM_CSV_PORTABLE 1
#include "../../src/formats/csv.c"

#include "test_csv.c"
