#include <inttypes.h>

#include "base/terminal.h"
#include "cli/look.h"
#include "cli/show.h"
#include "formats/json_out.h"
#include "resolve/attribute.h"

#define DAY_US (INT64_C(86400) * LM_SECOND_US)

struct task {
    struct lm_cli *cli;
    const struct lm_args *args;
    struct lm_store *st;
    struct lm_filter f;
    struct lm_json_out o;
    uint64_t records;
};

/* --- a row --- */

static void kv_us(struct lm_json_out *o, const char *key, int64_t us, bool known)
{
    struct lm_when w = { us, 0, known ? LM_TIME_UTC : LM_TIME_NONE };
    lm_json_kv_when(o, key, &w);
}

static void json_row(struct lm_json_out *o, const struct lm_attribution_row *r)
{
    lm_json_object(o);
    lm_json_kv_i64(o, "attribution", r->id);
    lm_json_kv_z(o, "type", lm_identifier_type_word(r->type));
    lm_json_kv_str(o, "identifier", r->identifier);
    lm_json_kv_i64(o, "person", r->person);
    lm_json_kv_str(o, "name", r->label);
    lm_json_kv_bool(o, "masked", r->masked);
    lm_json_kv_str(o, "standing", r->standing);
    lm_json_kv_z(o, "state", lm_attribution_state_word(r->state));
    lm_json_kv_z(o, "basis", lm_attribution_basis_word(r->basis));
    lm_json_kv_z(o, "link", lm_link_class_word(r->link));
    kv_us(o, "from", r->from_us, r->from_us != LM_WINDOW_OPEN_FROM);
    kv_us(o, "until", r->to_us, r->to_us != LM_WINDOW_OPEN_TO);
    lm_json_kv_text(o, "scheme", r->scheme);
    lm_json_kv_text(o, "grade", r->grade);
    lm_json_kv_u64(o, "records", r->records);
    lm_json_kv_u64(o, "devices", r->devices);
    lm_json_kv_u64(o, "conflicts", r->conflicts);
    kv_us(o, "proposed", r->proposed_us, r->proposed_us != 0);
    lm_json_kv_text(o, "decided_by", r->decided_by);
    kv_us(o, "decided", r->decided_us, r->decided_us != 0);
    lm_json_kv_text(o, "undone_by", r->undone_by);
    kv_us(o, "undone", r->undone_us, r->undone);
    lm_json_object_end(o);
}

static void text_window(struct lm_buf *b, const struct lm_attribution_row *r)
{
    char at[LM_WHEN_TEXT];
    if (r->from_us != LM_WINDOW_OPEN_FROM) {
        struct lm_when w = { r->from_us, 0, LM_TIME_UTC };
        lm_when_format(&w, at);
        lm_buf_printf(b, "  from %s", at);
    }
    if (r->to_us != LM_WINDOW_OPEN_TO) {
        struct lm_when w = { r->to_us, 0, LM_TIME_UTC };
        lm_when_format(&w, at);
        lm_buf_printf(b, "  until %s", at);
    }
}

static void text_row(struct lm_buf *b, const struct lm_attribution_row *r)
{
    lm_buf_printf(b, "%6lld  %s ", (long long)r->id, lm_identifier_type_word(r->type));
    lm_terminal_put(b, r->identifier);
    lm_buf_put(b, LM_STR("  "));
    lm_terminal_put(b, r->label);
    lm_buf_printf(b, " (person %lld, %.*s)  %s%s: %s, %s", (long long)r->person, LM_STR_ARG(r->standing),
                  lm_attribution_state_word(r->state), r->undone ? ", undone" : "", lm_attribution_basis_word(r->basis),
                  lm_link_class_word(r->link));
    if (r->records != 0)
        lm_buf_printf(b, "; %llu record%s, %llu device%s", (unsigned long long)r->records, r->records == 1 ? "" : "s",
                      (unsigned long long)r->devices, r->devices == 1 ? "" : "s");
    if (r->scheme.n != 0)
        lm_buf_printf(b, "; %.*s:%.*s", LM_STR_ARG(r->scheme), LM_STR_ARG(r->grade));
    text_window(b, r);
    if (r->decided_by.n != 0) {
        lm_buf_put(b, LM_STR("  by "));
        lm_terminal_put(b, r->decided_by);
    }
    if (r->conflicts != 0)
        lm_buf_printf(b, "  [conflict: %llu other person%s]", (unsigned long long)r->conflicts, r->conflicts == 1 ? "" : "s");
    lm_buf_putc(b, '\n');
}

static lm_err each_row(void *user, const struct lm_attribution_row *r)
{
    struct task *t = user;
    if (t->cli->json)
        json_row(&t->o, r);
    else
        text_row(&t->cli->out, r);
    return lm_show_pass_on(t->cli);
}

static void say_withheld(struct task *t, const char *what, uint64_t n)
{
    if (t->cli->json)
        lm_json_kv_u64(&t->o, "withheld", n);
    else if (n != 0)
        lm_buf_printf(&t->cli->out, "%llu %s: no live authority under this investigation\n", (unsigned long long)n, what);
}

/* --- propose, list --- */

static lm_err propose(struct task *t)
{
    struct lm_attributed n = { 0 };
    lm_err err = lm_attribute_run(t->st, t->f.investigation, &n, &t->cli->error);
    if (err != LM_OK)
        return err;
    if (!t->cli->json) {
        lm_buf_printf(&t->cli->out, "%llu proposals follow from the records: %llu new, %llu changed, %llu decided already, %llu"
                                    " refused before\n",
                      (unsigned long long)n.proposals, (unsigned long long)n.proposed, (unsigned long long)n.refreshed,
                      (unsigned long long)n.decided, (unsigned long long)n.refused);
        if (n.skipped != 0)
            lm_buf_printf(&t->cli->out, "%llu cards have too many names or identifiers to be one person's\n",
                          (unsigned long long)n.skipped);
        return LM_OK;
    }
    lm_json_key(&t->o, "proposals");
    lm_json_object(&t->o);
    lm_json_kv_u64(&t->o, "rows", n.rows);
    lm_json_kv_u64(&t->o, "total", n.proposals);
    lm_json_kv_u64(&t->o, "proposed", n.proposed);
    lm_json_kv_u64(&t->o, "changed", n.refreshed);
    lm_json_kv_u64(&t->o, "decided", n.decided);
    lm_json_kv_u64(&t->o, "refused", n.refused);
    lm_json_kv_u64(&t->o, "skipped", n.skipped);
    lm_json_object_end(&t->o);
    return LM_OK;
}

static lm_err list(struct task *t, struct lm_str identifier)
{
    const char *state = lm_args_get(t->args, "--state");
    uint64_t withheld = 0;
    struct lm_attribution_query q = { .identifier = identifier, .has_state = state != NULL,
                                      .undone = lm_args_get(t->args, "--undone") != NULL };
    lm_err err = lm_args_i64(t->args, "--person", 1, INT64_MAX, 0, &q.person, &t->cli->error);
    if (err == LM_OK && state != NULL && !lm_attribution_state_parse(lm_str(state), &q.state))
        err = lm_fail(&t->cli->error, LM_EUSAGE, "--state is one of %s", lm_attribution_state_words());
    if (err != LM_OK)
        return err;
    if (t->cli->json) {
        lm_json_key(&t->o, "attributions");
        lm_json_array(&t->o);
    }
    err = lm_store_attributions(t->st, &t->f, &q, each_row, t, &withheld, &t->cli->error);
    if (t->cli->json)
        lm_json_array_end(&t->o);
    if (err == LM_OK)
        say_withheld(t, "attributions are withheld", withheld);
    return err;
}

/* --- why --- */

static lm_err why_row(void *user, const struct lm_attribution_row *r)
{
    struct task *t = user;
    if (!t->cli->json) {
        text_row(&t->cli->out, r);
        return LM_OK;
    }
    lm_json_key(&t->o, "row");
    json_row(&t->o, r);
    lm_json_key(&t->o, "evidence");
    lm_json_array(&t->o);
    return LM_OK;
}

static lm_err why_record(void *user, const struct lm_attribution_record *r)
{
    struct task *t = user;
    struct lm_buf *b = &t->cli->out;
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_str(&t->o, "says", r->says);
        lm_json_kv_str(&t->o, "source", r->source);
        lm_json_kv_text(&t->o, "reader", r->reader);
        lm_json_kv_str(&t->o, "locator", r->locator);
        lm_json_kv_str(&t->o, "exhibit_name", r->exhibit_name);
        lm_json_kv_str(&t->o, "exhibit", r->exhibit);
        lm_json_kv_str(&t->o, "authority", r->authority);
        lm_json_object_end(&t->o);
        return lm_show_pass_on(t->cli);
    }
    lm_buf_put(b, LM_STR("  record: "));
    lm_terminal_put(b, r->says);
    lm_buf_put(b, LM_STR(" in "));
    lm_terminal_put(b, r->source);
    lm_buf_put(b, LM_STR(", "));
    lm_terminal_put(b, r->locator);
    lm_buf_put(b, LM_STR("\n    exhibit "));
    lm_terminal_put(b, r->exhibit_name);
    lm_buf_printf(b, "  %.*s\n    authority ", LM_STR_ARG(r->exhibit));
    lm_terminal_put(b, r->authority);
    lm_buf_putc(b, '\n');
    return lm_show_pass_on(t->cli);
}

static void end_evidence(struct task *t)
{
    if (t->cli->json && t->records++ == 0) {
        lm_json_array_end(&t->o);
        lm_json_key(&t->o, "said");
        lm_json_array(&t->o);
    }
}

static lm_err why_said(void *user, const struct lm_attribution_said *s)
{
    struct task *t = user;
    struct lm_buf *b = &t->cli->out;
    char at[LM_WHEN_TEXT];
    struct lm_when said = { s->at_us, 0, LM_TIME_UTC };
    end_evidence(t);
    if (t->cli->json) {
        lm_json_object(&t->o);
        lm_json_kv_str(&t->o, "verdict", s->verdict);
        lm_json_kv_str(&t->o, "reason", s->reason);
        lm_json_kv_str(&t->o, "who", s->who);
        lm_json_kv_when(&t->o, "at", &said);
        lm_json_kv_text(&t->o, "withdrawn_by", s->withdrawn_by);
        kv_us(&t->o, "withdrawn", s->withdrawn_us, s->withdrawn_us != 0);
        lm_json_object_end(&t->o);
        return LM_OK;
    }
    lm_when_format(&said, at);
    lm_buf_printf(b, "  %.*s %s by ", LM_STR_ARG(s->verdict), at);
    lm_terminal_put(b, s->who);
    lm_buf_put(b, LM_STR(": "));
    lm_terminal_put(b, s->reason);
    lm_buf_put(b, s->withdrawn_us != 0 ? LM_STR("  (taken back)\n") : LM_STR("\n"));
    return LM_OK;
}

static lm_err why(struct task *t, int64_t id)
{
    struct lm_attribution_why to = { t, why_row, why_record, why_said };
    uint64_t withheld = 0;
    lm_err err = lm_store_attribution_why(t->st, &t->f, id, &to, &withheld, &t->cli->error);
    if (err != LM_OK)
        return err;
    end_evidence(t);
    if (t->cli->json)
        lm_json_array_end(&t->o);
    say_withheld(t, "of its records are withheld", withheld);
    return LM_OK;
}

/* --- a person's word --- */

static lm_err day(struct task *t, const char *option, int64_t open, int64_t add_days, int64_t *ret)
{
    const char *value = lm_args_get(t->args, option);
    int32_t d = 0;
    if (value != NULL && !lm_day_parse(lm_str(value), &d))
        return lm_fail(&t->cli->error, LM_EUSAGE, "%s wants a day: 2025-03-01", option);
    *ret = value == NULL ? open : ((int64_t)d + add_days) * DAY_US;
    return LM_OK;
}

static lm_err read_word(struct task *t, struct lm_attribution_word *ret)
{
    const char *grade = lm_args_get(t->args, "--grade");
    struct lm_attribution_word w = { .reason = lm_str(lm_args_get(t->args, "--reason")) };
    w.has_window = lm_args_get(t->args, "--from") != NULL || lm_args_get(t->args, "--to") != NULL;
    lm_err err = grade != NULL ? lm_grade_parse(lm_str(grade), &w.grade, &t->cli->error) : LM_OK;
    if (err == LM_OK)
        err = day(t, "--from", LM_WINDOW_OPEN_FROM, 0, &w.from_us);
    if (err == LM_OK)
        err = day(t, "--to", LM_WINDOW_OPEN_TO, 1, &w.to_us);
    if (err == LM_OK)
        *ret = w;
    return err;
}

static void say(struct task *t, int64_t id, const char *state)
{
    if (t->cli->json) {
        lm_json_kv_i64(&t->o, "attribution", id);
        lm_json_kv_z(&t->o, "state", state);
    } else {
        lm_buf_printf(&t->cli->out, "attribution %lld is %s\n", (long long)id, state);
    }
}

static lm_err add(struct task *t)
{
    struct lm_attribution_added x = { .identifier = lm_str(lm_args_get(t->args, "--identifier")),
                                      .person = lm_str(lm_args_get(t->args, "--person")),
                                      .is_protected = lm_args_get(t->args, "--protected") != NULL,
                                      .is_minor = lm_args_get(t->args, "--minor") != NULL,
                                      .pseudonym = lm_str(lm_args_get(t->args, "--pseudonym")) };
    const char *basis = lm_args_get(t->args, "--basis");
    int64_t id = 0;
    if (x.identifier.n == 0 || x.person.n == 0)
        return lm_fail(&t->cli->error, LM_EUSAGE, "attribution add wants --identifier and --person");
    if (basis != NULL && !lm_str_eq(lm_str(basis), LM_STR("persons_word"))) {
        (void)lm_fail(&t->cli->error, LM_EUSAGE, "what a person adds rests on that person's word: --basis persons_word");
        lm_fail_hint(&t->cli->error, "what rests on records is proposed from them: attribution propose, then decide");
        return LM_EUSAGE;
    }
    lm_err err = read_word(t, &x.word);
    if (err == LM_OK)
        err = lm_store_attribution_add(t->st, &t->f, &x, &id, &t->cli->error);
    if (err == LM_OK)
        say(t, id, "decided");
    return err;
}

static lm_err decide(struct task *t, int64_t id)
{
    struct lm_attribution_word w;
    lm_err err = read_word(t, &w);
    if (err == LM_OK)
        err = lm_store_attribution_decide(t->st, &t->f, id, &w, &t->cli->error);
    if (err == LM_OK)
        say(t, id, "decided");
    return err;
}

static lm_err refuse(struct task *t, int64_t id)
{
    lm_err err = lm_store_attribution_refuse(t->st, &t->f, id, lm_str(lm_args_get(t->args, "--reason")), &t->cli->error);
    if (err == LM_OK)
        say(t, id, "refused");
    return err;
}

static lm_err undo(struct task *t, int64_t id)
{
    lm_err err = lm_store_attribution_undo(t->st, &t->f, id, lm_str(lm_args_get(t->args, "--reason")), &t->cli->error);
    if (err == LM_OK)
        say(t, id, "undone");
    return err;
}

/* --- how a person stands --- */

static lm_err standing_row(void *user, const struct lm_standing_row *r)
{
    struct task *t = user;
    struct lm_buf *b = &t->cli->out;
    struct lm_when at_us = { r->at_us, 0, LM_TIME_UTC };
    char at[LM_WHEN_TEXT];
    bool first = t->records++ == 0;
    if (t->cli->json) {
        if (first) {
            lm_json_kv_str(&t->o, "name", r->name);
            lm_json_kv_bool(&t->o, "masked", r->masked);
            lm_json_key(&t->o, "standings");
            lm_json_array(&t->o);
        }
        if (r->standing.n == 0)
            return LM_OK;
        lm_json_object(&t->o);
        lm_json_kv_str(&t->o, "standing", r->standing);
        lm_json_kv_str(&t->o, "reason", r->reason);
        lm_json_kv_str(&t->o, "who", r->who);
        lm_json_kv_when(&t->o, "at", &at_us);
        lm_json_object_end(&t->o);
        return LM_OK;
    }
    if (first) {
        lm_terminal_put(b, r->name);
        lm_buf_put(b, r->standing.n == 0 ? LM_STR(": unassessed, nobody said otherwise\n") : LM_STR("\n"));
    }
    if (r->standing.n == 0)
        return LM_OK;
    lm_buf_printf(b, "  %.*s %s by ", LM_STR_ARG(r->standing), lm_when_format(&at_us, at));
    lm_terminal_put(b, r->who);
    lm_buf_put(b, LM_STR(": "));
    lm_terminal_put(b, r->reason);
    lm_buf_putc(b, '\n');
    return LM_OK;
}

static lm_err standing(struct task *t, int64_t person)
{
    const char *word = lm_args_get(t->args, "--set");
    enum lm_standing to = LM_STANDING_UNASSESSED;
    lm_err err = LM_OK;
    if (word != NULL && !lm_standing_parse(lm_str(word), &to))
        return lm_fail(&t->cli->error, LM_EUSAGE, "--set wants suspected, unassessed or protected");
    if (word != NULL)
        err = lm_store_standing_set(t->st, &t->f, person, to, lm_str(lm_args_get(t->args, "--reason")), &t->cli->error);
    if (err == LM_OK && t->cli->json)
        lm_json_kv_i64(&t->o, "person", person);
    if (err == LM_OK && !t->cli->json)
        lm_buf_printf(&t->cli->out, "person %lld: ", (long long)person);
    if (err == LM_OK)
        err = lm_store_standings(t->st, &t->f, person, standing_row, t, &t->cli->error);
    if (err == LM_OK && t->cli->json)
        lm_json_array_end(&t->o);
    return err;
}

/* --- the verb --- */

enum verb { V_PROPOSE, V_LIST, V_WHY, V_ADD, V_DECIDE, V_REFUSE, V_UNDO, V_STANDING, V_N };
static const struct {
    const char *word;
    bool numbered, writes;
} verbs[V_N] = { [V_PROPOSE] = { "propose", false, true }, [V_LIST] = { "list", false, false }, [V_WHY] = { "why", true, false },
                 [V_ADD] = { "add", false, true },         [V_DECIDE] = { "decide", true, true },
                 [V_REFUSE] = { "refuse", true, true },    [V_UNDO] = { "undo", true, true },
                 [V_STANDING] = { "standing", true, true } };

static lm_err act(struct task *t, enum verb v, int64_t id)
{
    switch (v) {
    case V_PROPOSE:
        return propose(t);
    case V_LIST:
        return list(t, t->args->n_operands > 1 ? lm_str(t->args->operands[1]) : (struct lm_str){ NULL, 0 });
    case V_WHY:
        return why(t, id);
    case V_ADD:
        return add(t);
    case V_DECIDE:
        return decide(t, id);
    case V_REFUSE:
        return refuse(t, id);
    case V_STANDING:
        return standing(t, id);
    case V_UNDO:
    case V_N:
        break;
    }
    return undo(t, id);
}

static lm_err parse(struct lm_cli *cli, const struct lm_args *args, enum verb *ret, int64_t *ret_id)
{
    struct lm_str word = args->n_operands != 0 ? lm_str(args->operands[0]) : (struct lm_str){ NULL, 0 };
    enum verb v = V_N;
    for (size_t i = 0; i < V_N; i++)
        if (lm_str_eq(word, lm_str(verbs[i].word)))
            v = (enum verb)i;
    if (v == V_N)
        return lm_fail(&cli->error, LM_EUSAGE, "attribution wants one word: propose, list, why, add, decide, refuse,"
                                              " undo, standing");
    if (verbs[v].numbered) {
        if (args->n_operands != 2 || !lm_str_to_i64(lm_str(args->operands[1]), ret_id) || *ret_id < 1)
            return lm_fail(&cli->error, LM_EUSAGE, "attribution %s wants one number", verbs[v].word);
    } else if (args->n_operands > (v == V_LIST ? 2 : 1)) {
        return lm_fail(&cli->error, LM_EUSAGE, "attribution %s was given too many words", verbs[v].word);
    }
    *ret = v;
    return LM_OK;
}

static lm_err run(struct lm_cli *cli, const struct lm_args *args)
{
    struct task t = { .cli = cli, .args = args };
    enum verb v = V_N;
    int64_t id = 0;
    lm_err err = parse(cli, args, &v, &id);
    if (err == LM_OK)
        err = lm_cli_look(cli, args, "attribution", &t.f);
    if (err == LM_OK)
        err = verbs[v].writes ? lm_cli_open_write(cli, &t.st) : lm_cli_open(cli, &t.st);
    if (err != LM_OK)
        return err;
    lm_json_out_init(&t.o, &cli->out);
    if (cli->json)
        lm_json_object(&t.o);
    err = act(&t, v, id);
    if (cli->json) {
        lm_json_object_end(&t.o);
        lm_buf_putc(&cli->out, '\n');
    }
    lm_store_close(t.st);
    return err;
}

static const struct lm_option options[] = {
    { "-i", "ID", "the investigation under which you look" },
    { "--purpose", "TEXT", "one line: why you look; stands in the audit entry (\"attribution\")" },
    { "--state", "STATE", "list: proposed, decided or refused" },
    { "--undone", NULL, "list: with those that were taken back" },
    { "--person", "WHO", "list: the number of a person; add: that, or a name" },
    { "--identifier", "ID", "add: the number, e-mail address, handle or id, in any spelling" },
    { "--basis", "BASIS", "add: persons_word" },
    { "--grade", "S:V", "add, decide: admiralty:B2, 5x5x5:B2, 3x5x2:1B, 4x4:A1" },
    { "--from", "DAY", "add, decide: the first day on which it is that person's (UTC)" },
    { "--to", "DAY", "add, decide: the last day" },
    { "--protected", NULL, "add: the new person is a victim, witness, bystander or informant, and is not named in answers" },
    { "--minor", NULL, "add: the new person is under age, and is never named, whatever her standing" },
    { "--pseudonym", "NAME", "add: what the new person is called in answers, in place of her name" },
    { "--set", "STANDING", "standing: suspected, unassessed or protected, with --reason; without it: what was said" },
    { "--reason", "TEXT", "add, decide, refuse, undo, standing: why; for suspected the documented suspicion" },
    { 0 },
};

const struct lm_command lm_cmd_attribution = {
    .name = "attribution",
    .title = "whose a number, an address or an account is, and what says so",
    .usage = "propose | list [IDENTIFIER] | why ID | add --identifier ID --person WHO --grade S:V --reason TEXT |"
             " decide ID --reason TEXT | refuse ID --reason TEXT | undo ID --reason TEXT |"
             " standing PERSON [--set STANDING --reason TEXT], each with -i ID",
    .help = "propose: what contact cards, subscriber records and logins say, as proposals; nothing is decided by the program.\n"
            "list: what is proposed, decided or refused; different names for one number are conflicts, none is chosen. why: the\n"
            "records behind one, down to the exhibit and its authority. decide, refuse: a person's word; what was refused is not\n"
            "proposed again from the same records. undo takes a decision or a refusal back. add: what a person knows, graded.\n"
            "standing: how a person stands, by her number. Nobody is suspected until somebody says so here, with the documented\n"
            "suspicion; protected persons and minors are named in no answer.\n",
    .options = options,
    .run = run,
};
