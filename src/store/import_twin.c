#include "store/import.h"

/* What a reader says about its own reading, or what follows from the members that a file knows. */
#define NOT_COMPARED ((unsigned)(LM_EVENT_MEMBERS_UNKNOWN | LM_EVENT_HEADER_IN_BODY | LM_EVENT_PAYMENT_HINT))

static bool same_i64(sqlite3_stmt *q, int i, bool stated, int64_t v)
{
    bool there = sqlite3_column_type(q, i) != SQLITE_NULL;
    return stated ? there && sqlite3_column_int64(q, i) == v : !there;
}

static bool same_real(sqlite3_stmt *q, int i, bool stated, double v)
{
    bool there = sqlite3_column_type(q, i) != SQLITE_NULL, number = stated && v == v; /* NaN is stored as NULL */
    double d = sqlite3_column_double(q, i);
    return number ? there && !(d < v) && !(d > v) : !there;
}

static bool same_traffic(sqlite3_stmt *q, const struct lm_event *ev)
{
    struct lm_str currency = { ev->amount.currency, strnlen(ev->amount.currency, sizeof ev->amount.currency) };
    return (((unsigned)sqlite3_column_int64(q, 0) ^ ev->flags) & ~NOT_COMPARED) == 0
           && same_i64(q, 1, ev->at.quality == LM_TIME_ZONE, ev->at.offset_s)
           && same_i64(q, 2, ev->duration_s != -1, ev->duration_s)
           && same_i64(q, 3, ev->has_amount, ev->amount.minor)
           && (!ev->has_amount || (lm_str_eq(lm_db_str(q, 4), currency)
                                   && same_i64(q, 5, true, ev->amount.exponent)))
           && same_real(q, 6, ev->has_place, ev->latitude) && same_real(q, 7, ev->has_place, ev->longitude);
}

static bool same_content(sqlite3_stmt *q, const struct lm_event *ev)
{
    return lm_str_eq(lm_db_str(q, 8), ev->text) && sqlite3_column_int64(q, 9) == (int64_t)ev->n_attachments
           && sqlite3_column_int64(q, 10) == (int64_t)ev->n_edits;
}

lm_err lm_import_twin_agrees(struct lm_import *im, int64_t event, const struct lm_event *ev, bool *ret,
                             struct lm_error *e)
{
    bool row = false;
    lm_err err = im->twin != NULL
                     ? LM_OK
                     : lm_db_prepare(im->st, "SELECT e.flags, e.offset_s, e.duration_s, e.amount_minor, e.currency,"
                                             " e.exponent, e.latitude, e.longitude, m.text,"
                                             " (SELECT count(*) FROM attachment a WHERE a.event = e.id),"
                                             " (SELECT count(*) FROM edit x WHERE x.event = e.id)"
                                             " FROM event e LEFT JOIN msg m ON m.event = e.id WHERE e.id = ?",
                                     &im->twin, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(im->twin, 1, event);
    err = lm_db_step(im->st, im->twin, &row, e);
    if (err == LM_OK)
        *ret = row && same_traffic(im->twin, ev) && (!im->content || same_content(im->twin, ev));
    (void)sqlite3_reset(im->twin);
    return err;
}
