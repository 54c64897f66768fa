/* The contact pack against figures counted by hand, and against a planted truth. Everything is invented. */
#include "store_fixture.h"

#include <math.h>

#include "report/toll.h"
#include "resolve/join.h"

#define T1 "+13035550101"
#define T2 "+13035550102"
#define S1 "+13035550151"
#define TAXI "+13035550150"

static const struct lm_filter filter = { { "I1", 2 }, { "test", 4 } };
static struct lm_arena arena;

/* Monday 2025-03-03 00:00 UTC, plus minutes. */
static struct lm_when at(int64_t minute)
{
    return (struct lm_when){ INT64_C(1740960000) * LM_SECOND_US + minute * 60 * LM_SECOND_US, 0, LM_TIME_UTC };
}

static uint64_t row;

static void put(struct fx *x, enum lm_event_kind kind, const char *from, const char *to, struct lm_when when, int64_t duration,
                unsigned flags, const char *detail)
{
    struct lm_account_ref r = fx_native(LM_PLATFORM_PHONE, to, "");
    struct lm_fact f = { .kind = LM_FACT_EVENT,
                         .event = { .kind = kind, .platform = LM_PLATFORM_PHONE, .flags = flags, .at = when,
                                    .detail = lm_str(detail), .from = fx_native(LM_PLATFORM_PHONE, from, ""),
                                    .to = to[0] != '\0' ? &r : NULL, .n_to = to[0] != '\0', .duration_s = duration } };
    if (from[0] == '\0')
        f.event.from = (struct lm_account_ref){ .form = LM_ACCOUNT_NONE };
    assert_int_equal(fx_put(x, ++row * 10, &f), LM_OUTCOME_KEPT);
}

static void call(struct fx *x, const char *from, const char *to, int64_t minute, int64_t seconds)
{
    put(x, LM_EVENT_CALL, from, to, at(minute), seconds, 0, "");
}

static void device(struct fx *x, const char *number, const char *id, int64_t minute)
{
    struct lm_fact f = { .kind = LM_FACT_IDENTIFIER,
                         .identifier = { .account = fx_native(LM_PLATFORM_PHONE, number, ""), .type = LM_IDENTIFIER_DEVICE,
                                         .value = lm_str(id), .basis = LM_STR("network"), .at = at(minute) } };
    assert_int_equal(fx_put(x, ++row * 10, &f), LM_OUTCOME_KEPT);
}

static void begin(struct fx *x, const char *bytes)
{
    row = 0;
    fx_begin(x, "A1", bytes, "");
}

static const struct lm_toll_pack *make(struct fx *x, const struct lm_toll_wish *wish, const char *a, const char *b)
{
    const struct lm_toll_pack *p = NULL;
    struct lm_str *numbers = lm_arena_array(&arena, 2, sizeof *numbers);
    struct lm_toll_wish w = *wish;
    numbers[0] = lm_str(a);
    numbers[1] = lm_str(b);
    w.numbers = numbers;
    w.n = b != NULL ? 2 : 1;
    OK(lm_toll_make(&arena, x->st, &filter, &w, &p, e));
    return p;
}

static const struct lm_toll_wish usual = { .from_day = LM_DAY_NONE, .to_day = LM_DAY_NONE, .covered_from = LM_DAY_NONE,
                                           .covered_to = LM_DAY_NONE, .within_minutes = 10, .least = 3, .runs = 500, .seed = 1,
                                           .records = true };

static const struct lm_toll_contact *contact(const struct lm_toll_number *t, const char *label)
{
    for (size_t i = 0; i < t->n_contacts; i++)
        if (lm_str_eq(t->contacts[i].label, lm_str(label)))
            return &t->contacts[i];
    return NULL;
}

static bool warned(const struct lm_toll_pack *p, const char *code)
{
    for (size_t i = 0; i < p->warnings.n; i++)
        if (strcmp(p->warnings.list[i].code, code) == 0)
            return true;
    return false;
}

static void setup_one(struct fx *x)
{
    lm_arena_init(&arena, 0);
    fx_usual(x);
    begin(x, "one");
}

/* Three calls out (60 s, 30 s, one without a duration), one in, one attempt, one voicemail, one forwarding, two messages in. */
static void test_tally_by_hand(void **state)
{
    (void)state;
    struct fx x;
    setup_one(&x);
    call(&x, T1, S1, 600, 60);
    call(&x, T1, S1, 1440 + 601, 30);
    call(&x, T1, S1, 700, -1);
    call(&x, S1, T1, 2 * 1440 + 602, 10);
    put(&x, LM_EVENT_CALL, T1, S1, at(100), 0, LM_EVENT_ATTEMPT, "");
    put(&x, LM_EVENT_CALL, S1, T1, at(101), 20, 0, "voicemail");
    put(&x, LM_EVENT_CALL, S1, T1, at(102), 20, LM_EVENT_FORWARDED, "forwarded");
    put(&x, LM_EVENT_MESSAGE, S1, T1, at(103), -1, 0, "");
    put(&x, LM_EVENT_MESSAGE, S1, T1, at(104), -1, 0, "");
    put(&x, LM_EVENT_CALL, "", T1, at(105), 5, 0, "");
    call(&x, T1, "5505", 106, 1);
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, "(303) 555-0101", NULL);
    const struct lm_toll_number *t = &p->numbers[0];
    const struct lm_toll_contact *c = contact(t, S1);
    assert_non_null(c);
    assert_ptr_equal(c, &t->contacts[0]);
    assert_int_equal(c->occurrences, 6);
    assert_int_equal(c->tally.records, 6);
    assert_int_equal(c->tally.other_records, 3);
    assert_int_equal(c->tally.calls.out, 3);
    assert_int_equal(c->tally.calls.in, 1);
    assert_int_equal(c->tally.messages.in, 2);
    assert_int_equal(c->tally.messages.out, 0);
    assert_int_equal(c->tally.attempts.out, 1);
    assert_int_equal(c->tally.attempts.in, 0);
    assert_int_equal(c->tally.voicemails.in, 1);
    assert_int_equal(c->tally.forwards.in, 1);
    assert_int_equal(c->tally.talk_s, 100);
    assert_int_equal(c->tally.no_duration, 1);
    assert_true(c->tally.first.us == at(100).us && c->tally.last.us == at(2 * 1440 + 602).us);
    assert_int_equal(t->nobody, 1);
    assert_int_equal(t->no_country, 1);
    assert_true(warned(p, "nobody") && warned(p, "no_country") && warned(p, "number_to_number") && warned(p, "no_data"));
    /* Monday: calls at 10:00 and 11:40, messages at 1:43, 1:44, call at 1:46; Tuesday and Wednesday one at 10 */
    assert_int_equal(t->hours[0][10], 1);
    assert_int_equal(t->hours[0][11], 1);
    assert_int_equal(t->hours[0][1], 3);
    assert_int_equal(t->hours[1][10], 1);
    assert_int_equal(t->hours[2][10], 1);
    assert_int_equal(t->hours_total, 7);
    assert_int_equal(t->hours_unknown, 0);
    struct lm_str place = lm_toll_locator_of(p, t->legs[t->events[0].first_leg].record);
    assert_true(lm_str_starts(place, LM_STR("byte ")));
    fx_remove(&x);
    lm_arena_free(&arena);
}

/* Twenty calls that two sources report, the second 7 s late, one of them in the second alone: 21 occurrences in 41 records. Before
 * they are joined the pack says so. */
static void test_occurrences_and_records(void **state)
{
    (void)state;
    struct fx x;
    struct lm_joined joined;
    setup_one(&x);
    for (int i = 0; i < 20; i++)
        call(&x, T1, S1, i * 97, 60 + i);
    call(&x, T1, TAXI, 5, 9);
    (void)fx_end(&x);
    begin(&x, "the other carrier");
    for (int i = 0; i < 21; i++) {
        struct lm_when w = at(i * 97);
        w.us += 7 * LM_SECOND_US;
        put(&x, LM_EVENT_CALL, T1, S1, w, 60 + i, 0, "");
    }
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, T1, NULL);
    assert_true(warned(p, "not_joined"));
    OK(lm_join(x.st, LM_STR("I1"), false, NULL, &joined, e));
    p = make(&x, &usual, T1, NULL);
    assert_false(warned(p, "not_joined"));
    assert_true(warned(p, "clock_offset"));
    const struct lm_toll_number *t = &p->numbers[0];
    const struct lm_toll_contact *c = contact(t, S1);
    assert_int_equal(c->occurrences, 21);
    assert_int_equal(c->tally.records, 41);
    assert_int_equal(c->tally.calls.out, 21);
    assert_int_equal(c->tally.talk_s, 21 * 60 + 20 * 21 / 2); /* each once */
    assert_int_equal(t->hours_total, 22);
    for (size_t i = 0; i < t->n_events; i++)
        for (uint32_t k = 0; k < t->events[i].reports; k++)
            assert_true(lm_toll_locator_of(p, t->legs[t->events[i].first_leg + k].record).n != 0);
    fx_remove(&x);
    lm_arena_free(&arena);
}

/* 2025-03-09 02:00 clocks go forward in Denver: 08:59 UTC is 1:59 (-7), 09:00 UTC is 3:00 (-6). Local times have no hour. */
static void test_zone(void **state)
{
    (void)state;
    struct fx x;
    struct lm_toll_wish w = usual;
    setup_one(&x);
    call(&x, T1, S1, 6 * 1440 + 539, 1);
    call(&x, T1, S1, 6 * 1440 + 540, 1);
    call(&x, T1, S1, 120, 1); /* Monday 2:00 UTC is Sunday 19:00 */
    struct lm_when local = at(600);
    local.quality = LM_TIME_LOCAL;
    put(&x, LM_EVENT_CALL, T1, S1, local, 1, 0, "");
    put(&x, LM_EVENT_CALL, T1, S1, (struct lm_when){ .quality = LM_TIME_NONE }, 1, 0, "");
    (void)fx_end(&x);
    w.zone = LM_STR("America/Denver");
    const struct lm_toll_pack *p = make(&x, &w, T1, NULL);
    const struct lm_toll_number *t = &p->numbers[0];
    assert_int_equal(t->hours[6][1], 1);
    assert_int_equal(t->hours[6][3], 1);
    assert_int_equal(t->hours[6][19], 1);
    assert_int_equal(t->hours_total, 5);
    assert_int_equal(t->hours_unknown, 2);
    assert_int_equal(t->local, 1);
    assert_true(warned(p, "local_time"));
    int32_t sunday;
    assert_true(lm_day_from_civil(2025, 3, 2, &sunday));
    w.from_day = w.to_day = sunday; /* in the zone: only the call at Sunday 19:00 */
    p = make(&x, &w, T1, NULL);
    assert_int_equal(p->numbers[0].n_events, 1);
    assert_int_equal(p->numbers[0].outside, 3);
    assert_int_equal(p->numbers[0].undated_left_out, 1);
    assert_true(warned(p, "undated"));
    fx_remove(&x);
    lm_arena_free(&arena);
}

static enum lm_toll_day state_on(const struct lm_toll_number *t, int32_t day)
{
    for (size_t i = 0; i < t->n_days; i++)
        if (t->days[i].from <= day && day <= t->days[i].to)
            return t->days[i].state;
    return (enum lm_toll_day)99;
}

/* Own records from the 3rd to the 6th (none on the 4th and 5th); the authority asks for the 1st to the 8th; another phone
 * recorded a call on the 11th. */
static void test_days(void **state)
{
    (void)state;
    struct fx x;
    int32_t d;
    assert_true(lm_day_from_civil(2025, 3, 1, &d));
    lm_arena_init(&arena, 0);
    fx_usual(&x);
    struct lm_authority a = { .id = LM_STR("D1"), .investigation = LM_STR("I1"), .kind = LM_AUTHORITY_CONSENT,
                              .reach = LM_REACH_CONTENT, .issued_day = LM_DAY_NONE, .from_day = d, .to_day = d + 7,
                              .expires_day = LM_DAY_NONE };
    OK(lm_store_add_authority(x.st, &a, e));
    row = 0;
    fx_begin(&x, "D1", "own", "");
    call(&x, T1, S1, 600, 1);
    call(&x, T1, TAXI, 3 * 1440 + 600, 1);
    (void)fx_end(&x);
    begin(&x, "the other's");
    for (int i = 0; i < 4; i++)
        call(&x, S1, TAXI, 4 * 1440 + i, 1);
    call(&x, S1, T1, 8 * 1440, 1);
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, T1, S1);
    const struct lm_toll_number *t = &p->numbers[0];
    assert_true(t->has_own);
    assert_int_equal(t->n_spans, 2);
    assert_true(t->spans[0].own && !t->spans[1].own);
    static const enum lm_toll_day want[] = { LM_DAY_UNKNOWN, LM_DAY_UNKNOWN, LM_DAY_ACTIVE, LM_DAY_QUIET, LM_DAY_QUIET,
                                             LM_DAY_ACTIVE, LM_DAY_UNKNOWN, LM_DAY_UNKNOWN, LM_DAY_NO_DATA, LM_DAY_NO_DATA,
                                             LM_DAY_ACTIVE };
    for (int32_t i = 0; i < 11; i++)
        assert_int_equal(state_on(t, d + i), want[i]);
    assert_int_equal(t->day_count[LM_DAY_ACTIVE], 3);
    assert_int_equal(t->day_count[LM_DAY_QUIET], 2);
    assert_int_equal(t->day_count[LM_DAY_UNKNOWN], 4);
    assert_int_equal(t->day_count[LM_DAY_NO_DATA], 2);
    struct lm_toll_wish w = usual;
    w.covered_from = d + 8;
    w.covered_to = d + 8;
    p = make(&x, &w, T1, NULL);
    assert_int_equal(state_on(&p->numbers[0], d + 8), LM_DAY_QUIET); /* a person says so */
    p = make(&x, &usual, TAXI, NULL);
    assert_false(p->numbers[0].has_own); /* an end of 1 of 2, and of 4 of 5 */
    fx_remove(&x);
    lm_arena_free(&arena);
}

static void test_handsets(void **state)
{
    (void)state;
    struct fx x;
    setup_one(&x);
    device(&x, T1, "imei:356938035643809", 10);
    device(&x, T1, "imsi:310410123456789", 10);
    call(&x, T1, S1, 10, 1);
    call(&x, T1, S1, 500, 1);
    device(&x, T1, "imei:356938035643817", 900);
    call(&x, T1, S1, 900, 1);
    call(&x, T1, S1, 2000, 1);
    device(&x, T2, "imei:356938035643817", 3000);
    call(&x, T2, S1, 3000, 1);
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, T1, T2);
    const struct lm_toll_number *t = &p->numbers[0];
    assert_int_equal(t->n_handsets, 3);
    assert_int_equal(t->changes_imei, 1);
    assert_int_equal(t->changes_imsi, 0);
    for (size_t i = 0; i < t->n_handsets; i++) {
        const struct lm_toll_handset *h = &t->handsets[i];
        bool second = lm_str_eq(h->id, LM_STR("356938035643817"));
        assert_true(h->first.us == at(second ? 900 : 10).us);
        assert_true(h->last.us == at(h->imsi || second ? 2000 : 500).us);
        assert_int_equal(h->also, second ? 1 : 0);
        assert_true(lm_str_starts(h->locator, LM_STR("byte ")));
    }
    fx_remove(&x);
    lm_arena_free(&arena);
}

/* A taxi firm that 40 numbers call, T1 and T2 often among them; S1, which only these two call, twice each. */
static void plant_taxi(struct fx *x)
{
    char number[24];
    for (int i = 0; i < 38; i++) {
        (void)snprintf(number, sizeof number, "+17205550%03d", 100 + i);
        call(x, number, TAXI, 50 + i, 60);
    }
    for (int i = 0; i < 30; i++) {
        call(x, T1, TAXI, 1000 + i, 60);
        call(x, T2, TAXI, 2000 + i, 60);
    }
    for (int i = 0; i < 2; i++) {
        call(x, T1, S1, 3000 + i, 60);
        call(x, S1, T2, 4000 + i, 60);
    }
    call(x, T1, T2, 5000, 60);
}

static void test_taxi_does_not_join(void **state)
{
    (void)state;
    struct fx x;
    setup_one(&x);
    plant_taxi(&x);
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, T1, T2);
    assert_int_equal(p->n_common, 2);
    const struct lm_toll_common *first = &p->common[0], *taxi = &p->common[1];
    assert_true(lm_str_eq(first->label, lm_str(S1)) && lm_str_eq(taxi->label, lm_str(TAXI)));
    assert_int_equal(first->others, 2);
    assert_true(first->weight == 0.5);
    assert_true(fabs(first->adamic_adar - 1.0 / log(2)) < 1e-12);
    assert_int_equal(taxi->others, 40);
    assert_true(taxi->weight == 1.0 / 40);
    assert_int_equal(taxi->total, 60);
    assert_int_equal(taxi->occurrences[0], 30);
    assert_int_equal(p->n_pairs, 1);
    assert_int_equal(p->pairs[0].shared, 2);
    assert_int_equal(p->pairs[0].direct, 1);
    assert_true(fabs(p->pairs[0].weight - 0.525) < 1e-12);
    /* the numbers asked for are not common numbers of each other */
    assert_int_equal(contact(&p->numbers[0], T2)->target, 2);
    fx_remove(&x);
    lm_arena_free(&arena);
}

/* What a revoked authority covers counts for nobody: others of the taxi firm included. */
static void test_revoked(void **state)
{
    (void)state;
    struct fx x;
    setup_one(&x);
    call(&x, T1, TAXI, 1, 1);
    call(&x, T2, TAXI, 2, 1);
    (void)fx_end(&x);
    fx_authority(&x, "I1", "A2", LM_REACH_CONTENT);
    row = 0;
    fx_begin(&x, "A2", "two", "");
    call(&x, S1, TAXI, 3, 1);
    call(&x, T1, S1, 4, 1);
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, T1, T2);
    assert_int_equal(p->common[0].others, 3);
    assert_int_equal(p->numbers[0].n_contacts, 2);
    OK(lm_store_revoke_authority(x.st, LM_STR("A2"), LM_STR("quashed"), e));
    p = make(&x, &usual, T1, T2);
    assert_int_equal(p->common[0].others, 2);
    assert_int_equal(p->numbers[0].n_contacts, 1);
    assert_int_equal(p->n_authorities, 1);
    fx_remove(&x);
    lm_arena_free(&arena);
}

static void test_protected(void **state)
{
    (void)state;
    struct fx x;
    struct lm_buf b;
    setup_one(&x);
    plant_taxi(&x);
    (void)fx_end(&x);
    assert_true(fx_tamper(&x, "INSERT INTO person(id, investigation, label, added_us, added_by) VALUES(1, 1, 'V', 0, 'ana');"
                              "INSERT INTO attribution(person, identifier, basis, link, state, decided_by, decided_us)"
                              " SELECT 1, id, 'persons_word', 'reported', 'decided', 'ana', 0 FROM identifier"
                              " WHERE key = '" S1 "' AND type = 0 LIMIT 1;"
                              "INSERT INTO standing(person, investigation, standing, reason, who, at_us)"
                              " VALUES(1, 1, 'protected', 'victim', 'ana', 0)"));
    const struct lm_toll_pack *p = make(&x, &usual, T1, T2);
    assert_int_equal(p->numbers[0].protected_contacts, 1);
    assert_int_equal(p->numbers[0].protected_occurrences, 2);
    assert_int_equal(p->n_common, 1); /* the taxi firm alone */
    assert_true(warned(p, "protected"));
    lm_buf_init(&b, 1 << 24);
    lm_toll_json(p, 0, &b);
    assert_false(b.failed);
    assert_int_equal(lm_str_find(lm_buf_str(&b), LM_STR("5550151")), SIZE_MAX); /* in no form anywhere */
    struct lm_document d;
    lm_buf_clear(&b);
    OK(lm_toll_document(&arena, p, 0, 0, &d, e));
    OK(lm_document_html(&d, &b, e));
    assert_int_equal(lm_str_find(lm_buf_str(&b), LM_STR("5550151")), SIZE_MAX);
    p = make(&x, &usual, S1, T1); /* asked for itself: masked */
    assert_true(lm_str_eq(p->numbers[0].label, LM_STR("protected person 1")));
    lm_buf_clear(&b);
    lm_toll_json(p, 0, &b);
    assert_int_equal(lm_str_find(lm_buf_str(&b), LM_STR("5550151")), SIZE_MAX);
    lm_buf_free(&b);
    fx_remove(&x);
    lm_arena_free(&arena);
}

/* S1 → T1 → TAXI within minutes on twelve days, among calls that have nothing to do with each other. */
static void test_sequence_through(void **state)
{
    (void)state;
    struct fx x;
    char number[24];
    setup_one(&x);
    for (int d = 0; d < 24; d++) {
        for (int i = 0; i < 12; i++) {
            (void)snprintf(number, sizeof number, "+17205550%03d", 100 + (d * 7 + i * 5) % 23);
            call(&x, i % 2 ? T1 : number, i % 2 ? number : T1, d * 1440 + 480 + (d * 131 + i * 61) % 840, 60);
        }
        if (d % 2 == 0) {
            call(&x, S1, T1, d * 1440 + 600 + d * 17 % 300, 120);
            call(&x, T1, TAXI, d * 1440 + 606 + d * 17 % 300, 60);
        }
    }
    (void)fx_end(&x);
    const struct lm_toll_pack *p = make(&x, &usual, T1, NULL);
    const struct lm_toll_number *t = &p->numbers[0];
    assert_true(t->sequences.n >= 1);
    const struct lm_sequence *q = &t->sequences.list[0];
    assert_true(lm_str_eq(t->contacts[q->from].label, lm_str(S1)));
    assert_true(lm_str_eq(t->contacts[q->to].label, lm_str(TAXI)));
    assert_int_equal(q->seen, 12);
    assert_true(q->listed);
    for (size_t i = 1; i < t->sequences.n; i++)
        assert_false(t->sequences.list[i].listed);
    fx_remove(&x);
    lm_arena_free(&arena);
}

static void test_bad_input(void **state)
{
    (void)state;
    struct fx x;
    const struct lm_toll_pack *p = NULL;
    struct lm_str one = LM_STR("not a number"), same[2] = { LM_STR(T1), LM_STR("303-555-0101") };
    struct lm_toll_wish w = usual;
    setup_one(&x);
    call(&x, T1, S1, 1, 1);
    (void)fx_end(&x);
    w.numbers = &one;
    FAILS(LM_EUSAGE, lm_toll_make(&arena, x.st, &filter, &w, &p, e));
    w.n = 1;
    FAILS(LM_EUSAGE, lm_toll_make(&arena, x.st, &filter, &w, &p, e));
    w.numbers = same;
    w.n = 2;
    OK(lm_toll_make(&arena, x.st, &filter, &w, &p, e));
    assert_int_equal(p->n, 1); /* two spellings of one */
    w.zone = LM_STR("America/Nowhere");
    FAILS(LM_ENOTFOUND, lm_toll_make(&arena, x.st, &filter, &w, &p, e));
    w.zone = LM_STR("");
    struct lm_filter other = { LM_STR("I9"), LM_STR("test") };
    FAILS(LM_ENOTFOUND, lm_toll_make(&arena, x.st, &other, &w, &p, e));
    p = make(&x, &usual, "+13035550199", NULL);
    assert_int_equal(p->numbers[0].n_events, 0);
    assert_true(warned(p, "not_in_data"));
    fx_remove(&x);
    lm_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tally_by_hand),      cmocka_unit_test(test_occurrences_and_records),
        cmocka_unit_test(test_zone),               cmocka_unit_test(test_days),
        cmocka_unit_test(test_handsets),           cmocka_unit_test(test_taxi_does_not_join),
        cmocka_unit_test(test_revoked),            cmocka_unit_test(test_protected),
        cmocka_unit_test(test_sequence_through),   cmocka_unit_test(test_bad_input),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
