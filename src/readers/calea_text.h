/* calea_text.h - inside the reader of call data (CDC) as text: one block, and what its lines are.
 *
 * Layout (our notes on dumps of ANSI T1.678 / 3GPP IMS events; message names of J-STD-025): a line with the name of the message,
 * mostly followed by "Version n", then `key = value` lines, some under section lines (calling, called, answering, callId …).
 *
 * What a line is decides what may be done with the record (docs/readers/calea_text.md):
 *   traffic  identities, moments, addresses, causes, dialled digits of an origination, SIP headers that address or route
 *   cell     location[n], P-Access-Network-Info
 *   content  texts, digits after cut-through, bodies of SIP messages that are not session descriptions, every unknown key
 *   left out session descriptions and the other SIP headers: never kept, counted
 *
 * test  tests/unit/test_calea_text.c, tests/fixtures/calea_text/
 */
#ifndef LM_READERS_CALEA_TEXT_H
#define LM_READERS_CALEA_TEXT_H

#include "formats/json_out.h"
#include "lastmile/reader.h"

#define CX_TYPES(X)                                                                                          \
    X(ORIGINATION, "origination") X(TERMINATION, "termination_attempt") X(ANSWER, "answer")                  \
    X(RELEASE, "release") X(REDIRECTION, "redirection") X(CC, "cc") X(SIGNAL, "signal")                      \
    X(DIGITS, "dialed_digits") X(MESSAGE, "message") X(SERVING, "serving_system") X(OTHER, "other")
#define CX_E_TYPE(id, word) CX_##id,
enum cx_type { CX_TYPES(CX_E_TYPE) CX_N_TYPES };

struct cx_block {
    enum cx_type type;
    struct lm_str name;        /* as written */
    struct lm_when at;
    bool timed, bad_time;
    struct lm_str case_id, call_id, correlation;
    struct lm_str calling, called, answering, redirected; /* URIs or numbers as written */
    struct lm_str text;        /* content: the first */
    bool content, cell;
    uint64_t left_out;         /* lines */
    struct lm_str unknown;     /* the first unknown key */
};

/* Is the line the head of a block? *ret_known: of a message that we know. */
bool cx_head(struct lm_str line, enum cx_type *ret_type, struct lm_str *ret_name, bool *ret_known);

/* One block from its head on. out (may be NULL) gets {"block":…,"lines":[…]}. LM_ENOMEM: no room in `a`. */
lm_err cx_read(struct lm_arena *a, struct lm_str block, struct cx_block *ret, struct lm_json_out *out);

/* "20250301140211.5Z", "20250301070211-0700", ISO 8601. False: not a moment. */
bool cx_moment(struct lm_str s, struct lm_when *ret);

#endif
