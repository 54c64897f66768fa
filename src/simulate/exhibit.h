/* exhibit.h - one exhibit while it is written: its files, the authority it comes under, and the truth of every record in it.
 *
 * A writer opens a file (sim_open), writes it through sim_put, and tells the truth of each source record where it writes it
 * (sim_record): which real event it reports and what a reader must make of it. Whether the record lies outside the
 * authority follows from the authority; a writer says so itself only for what it plants otherwise.
 *
 * The check is a hash (sim_check) over kind, ends, moment, duration and text: what a record says, in 64 bits, so that the
 * truth of seven million records can be compared and stays small.
 */
#ifndef LM_SIMULATE_EXHIBIT_H
#define LM_SIMULATE_EXHIBIT_H

#include <stdio.h>

#include "base/buf.h"
#include "simulate/world.h"

/* Everything that is written while an operation is made; one for all exhibits. */
struct sim_job {
    const char *folder;
    struct lm_error *e;
    lm_err err;                    /* first failure; writers go on and do nothing */
    FILE *authorities;             /* DIR/authorities.csv */
    FILE *sources, *records;       /* DIR/truth/<investigation>/… of the investigation at hand */
    uint64_t n_sources, n_records, n_held, n_events, bytes;
};

struct sim_exhibit {
    struct sim_job *job;
    const struct sim_case *c;
    char authority[96], path[96];  /* path: below DIR/evidence */
    int32_t from_day, to_day;       /* of the authority; LM_DAY_NONE: no dates */
    const char *reader;
    FILE *f;
    uint64_t at;                    /* bytes written to the file */
    uint32_t row;                   /* of a table: the row being written, header row = 1 */
    uint64_t source;                /* number of the open file in the truth */
};

/* What a reader must make of a record. from and to: the match key of an account known by its own id, the name of one known
 * by its name, "owner"; "" when the record does not say. */
struct sim_said {
    const char *kind; /* word of the event's kind; NULL: the record is no message and no call, only its fate is checked */
    const char *from, *to;
    int64_t us;
    int64_t duration_s; /* -1: not stated */
    struct lm_str text;
};
uint64_t sim_check(const struct sim_said *said);

enum sim_fate { SIM_BY_DATE /* held when outside the dates */, SIM_HELD, SIM_KEPT, SIM_DUPLICATE };

/* Makes the folder DIR/relative and those above it. */
lm_err sim_make_folder(struct sim_job *job, const char *relative);
FILE *sim_create(struct sim_job *job, const char *relative);
void sim_close(struct sim_job *job, FILE *f);

/* What a person enters of the authority beside the exhibit's own members; empty texts: not stated. */
struct sim_authority {
    const char *kind, *reach, *court;
    const char *accounts; /* PLATFORM:ID separated by blanks; "": every account in the exhibit */
    const char *owner, *zone;
};
/* A line of authorities.csv; sets x->authority. what: "att", "telegram-3", … distinct in the investigation. */
void sim_begin(struct sim_exhibit *x, const char *what, const struct sim_authority *a);

/* name: below the exhibit's folder. */
void sim_open(struct sim_exhibit *x, const char *name, const char *reader);
void sim_put(struct sim_exhibit *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void sim_record(struct sim_exhibit *x, uint64_t at, enum sim_fate fate, const struct sim_event *e, const struct sim_said *said);
void sim_end_file(struct sim_exhibit *x);

/* The next event of the case between its phones that a phone took part in, in order of time: fills order[] (SIM_MAX_EVENTS)
 * with indexes into c->events and returns how many. kinds: bits 1 << enum sim_kind. */
int sim_events_of_phone(const struct sim_case *c, int phone, unsigned kinds, int order[]);

/* The agency's own tables and the figures that follow from them; tables.c. */
struct sim_figures;
lm_err sim_figures_begin(struct lm_arena *a, struct sim_figures **ret);
void sim_write_tables(struct sim_job *job, const struct sim_case *c, struct sim_figures *figures);
void sim_write_figures(struct sim_job *job, const struct sim_figures *figures);

/* --- the account of one person on the platform where that one is written to --- */

/* The authority of an account's exhibit, with dates that cover nearly all of the period; then sim_begin. id: of the account, as
 * the platform writes it; owner: "" or what a person states of whose it is; zone: the same of local times. */
void sim_begin_account(struct sim_exhibit *x, int owner, const char *kind, const char *id, const char *stated_owner, const char *zone);
/* SIM_DUPLICATE where the platform gives a message one id for both its ends, and the other end's account was handed over before
 * this one with the message inside its dates; else SIM_BY_DATE. */
enum sim_fate sim_fate_of_message(const struct sim_exhibit *x, int owner, const struct sim_event *e);
/* The next pair after `pair` (-1: the first) that writes over the platform and one of whom is owner; -1: no more. */
int sim_next_chat(const struct sim_case *c, int owner, enum lm_platform p, int pair);
static inline int sim_other(const struct sim_pair *p, int owner)
{
    return p->a == owner ? p->b : p->a;
}
/* What a message says, but for its ends. */
struct sim_said sim_message(const struct sim_case *c, const struct sim_event *e, char text[SIM_TEXT]);

/* The id of an account on Wire. */
void sim_wire_id(int64_t account, char out[40]);

/* Forms of evidence, one file each (write_<form>.c). */
void sim_write_call_detail(struct sim_job *job, const struct sim_case *c);
void sim_write_ufed_xml(struct sim_job *job, const struct sim_case *c);
void sim_write_meta_return_html(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_tiktok_export_json(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_snapchat_return_csv(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_whatsapp_text(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_telegram_json(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_signal_export_json(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_wire_desktop_wbu(struct sim_job *job, const struct sim_case *c, int owner);
void sim_write_wickr_retention_json(struct sim_job *job, const struct sim_case *c, int owner);

#endif
