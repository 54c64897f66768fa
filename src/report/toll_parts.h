/* toll_parts.h - the files of the contact pack among themselves. */
#ifndef LM_REPORT_TOLL_PARTS_H
#define LM_REPORT_TOLL_PARTS_H

#include "base/map.h"
#include "report/toll.h"

struct lm_toll_making {
    struct lm_arena *a;
    struct lm_toll_look *look;
    struct lm_toll_pack *p;
    const struct lm_mask *mask; /* while the look lasts */
    struct lm_error *e;
};

/* "+13035550101", or "account 7" for what has no number. */
struct lm_str lm_toll_label(struct lm_arena *a, struct lm_str key, int64_t account);
/* account 0: by its number alone. ret_name: as mask.h has it; may be NULL. */
bool lm_toll_is_shielded(const struct lm_toll_making *m, struct lm_str key, int64_t account, struct lm_str *ret_name);
/* The day in the pack's zone; the wall clock's when its zone is not known. False: undated. */
bool lm_toll_day_of(const struct lm_toll_pack *p, const struct lm_when *w, int32_t *ret);
/* The hour of the week, Monday 0:00 first; false when the zone is not known. */
bool lm_toll_hour_of(const struct lm_toll_pack *p, const struct lm_when *w, uint32_t *ret_day, uint32_t *ret_hour);

/* toll_names.c: before the look, a look of its own; then, once the contacts are in their order. */
lm_err lm_toll_load_names(struct lm_arena *a, struct lm_store *st, const struct lm_filter *f, struct lm_toll_pack *p,
                          struct lm_error *e);
void lm_toll_give_names(const struct lm_toll_pack *p, struct lm_toll_number *t);
/* "Beto Cruz (suspected), attribution 12" or "attributed, unassessed: attribution 12"; several one after the other. */
void lm_toll_put_names(struct lm_buf *b, const struct lm_toll_name *names, size_t n);

/* toll_number.c: the legs of all numbers, then occurrences, contacts and hours of one. */
lm_err lm_toll_add_legs(struct lm_toll_making *m);
lm_err lm_toll_add_number(struct lm_toll_making *m, struct lm_toll_number *t);
/* toll_days.c: what each source tells of the number, then (toll_handsets.c, which may know whose records they are, between
 * them) its days. */
lm_err lm_toll_add_spans(struct lm_toll_making *m, struct lm_toll_number *t);
lm_err lm_toll_add_days(struct lm_toll_making *m, struct lm_toll_number *t);
/* toll_handsets.c */
lm_err lm_toll_add_handsets(struct lm_toll_making *m, struct lm_toll_number *t);
void lm_toll_share_handsets(struct lm_toll_pack *p);
/* toll_common.c */
lm_err lm_toll_add_common(struct lm_toll_making *m);
/* toll_sequences.c: of all numbers, on as many threads as the process may use; calls nothing of the store. */
lm_err lm_toll_add_sequences(struct lm_arena *a, struct lm_toll_pack *p, struct lm_error *e);
/* toll_warnings.c */
struct lm_toll_clocks {
    struct lm_toll_clock {
        uint32_t source; /* index into p->sources */
        int64_t granularity_us, offset_us;
        uint32_t support;
    } *list;
    size_t n;
    bool current; /* the occurrences are up to date */
};
lm_err lm_toll_clocks_load(struct lm_arena *a, struct lm_store *st, const struct lm_toll_pack *p, struct lm_toll_clocks *ret,
                           struct lm_error *e);
lm_err lm_toll_warn(struct lm_arena *a, struct lm_toll_pack *p, const struct lm_toll_clocks *c, struct lm_error *e);

#endif
