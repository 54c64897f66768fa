/* test_json_portable.c - test_json.c once more over the scanning loops that do not use SSE2. */
#define LM_JSON_PORTABLE 1
#include "../../src/formats/json.c"

#include "test_json.c"
