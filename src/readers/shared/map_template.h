/* map_template.h - a map to start from (docs/maps.md), guessed from a table's header and the shape of its first rows.
 *
 * A reader in form only: it emits one entry, an event of kind other whose text is the map. Intake runs it in the reader
 * process, because the table is evidence; it is in no list of readers. The map holds names of columns, the words of columns with
 * few different ones, and the shape of a cell ("99/99/9999"), never a number or a text of the table.
 *
 * errors  LM_EINPUT: no row looks like the names of columns with records below it
 * test    tests/unit/test_map_template.c, tests/cli/import_map.sh
 */
#ifndef LM_READERS_SHARED_MAP_TEMPLATE_H
#define LM_READERS_SHARED_MAP_TEMPLATE_H

#include "lastmile/reader.h"

extern const struct lm_reader lm_reader_map_template;

#endif
