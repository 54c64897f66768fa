/* Contacts on iOS: AddressBook.sqlitedb.
 *
 * One row of ABPerson is one record, with its rows of ABMultiValue. The card that a store calls "me" is the owner's own.
 * docs/readers/ios_addressbook.md has the rules and what is not kept.
 */
#include <inttypes.h>
#include <stdio.h>

#include "readers/shared/contact.h"
#include "readers/shared/db_read.h"

enum { P_FIRST, P_MIDDLE, P_LAST, P_PREFIX, P_SUFFIX, P_NICKNAME, P_ORGANIZATION, P_NOTE, P_STORE, P_CREATED, P_CHANGED, P_N };
static const char *const person_columns[] = { "First",    "Middle",       "Last", "Prefix",  "Suffix",       "Nickname",
                                              "Organization", "Note", "StoreID", "CreationDate", "ModificationDate" };
enum { V_PERSON, V_PROPERTY, V_VALUE, V_N };
static const char *const value_columns[] = { "record_id", "property", "value" };
enum { E_PARENT, E_KEY, E_VALUE, E_N };
static const char *const entry_columns[] = { "parent_id", "key", "value" };
enum { PHONE = 3, EMAIL = 4, ADDRESS = 5, DATE = 12, MESSENGER = 13, URL = 22, RELATED = 23, PROFILE = 46 }; /* ABMultiValue.property */

static const char *const not_kept_words[] = { "postal addresses", "dates", "web addresses", "related names", "notes", "other values" };
enum { NOT_ADDRESS, NOT_DATE, NOT_URL, NOT_RELATED, NOT_NOTE, NOT_OTHER, N_NOT };

struct file {
    struct lm_dbread r;
    struct lm_evdb_table *values, *entries;
    struct lm_evdb_index values_of, entries_of, me; /* me: store → person */
    int64_t username;                               /* row of ABMultiValueEntryKey */
    uint64_t not_kept[N_NOT];
    int64_t first[N_NOT];
};

static void pass_over(struct file *f, unsigned what, int64_t person)
{
    if (f->not_kept[what]++ == 0)
        f->first[what] = person;
}

/* A profile or a messenger's address has parts; the user's name is the handle. */
static lm_err take_username(struct file *f, struct lm_contact *c, int64_t value_row, int64_t person)
{
    struct lm_dbread *r = &f->r;
    size_t found;
    bool any = false;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->entries_of, value_row, &found);
    for (size_t i = 0; f->entries != NULL && i < found; i++) {
        enum lm_evdb_step s;
        struct lm_str text;
        lm_err err = lm_evdb_fetch(f->entries, l[i].rowid, &s);
        if (err != LM_OK)
            return err;
        if (s != LM_EVDB_ROW || lm_dbread_int(f->entries, E_KEY) != f->username)
            continue;
        err = lm_dbread_text(r, r->ctx->record, f->entries, E_VALUE, &text);
        if (err == LM_OK)
            err = lm_contact_add(c, LM_IDENTIFIER_HANDLE, text);
        if (err != LM_OK)
            return err;
        any = true;
    }
    if (!any)
        pass_over(f, NOT_OTHER, person);
    return LM_OK;
}

static lm_err take_value(struct file *f, struct lm_contact *c, int64_t value_row, int64_t person)
{
    struct lm_dbread *r = &f->r;
    struct lm_str text;
    int64_t property = lm_dbread_int(f->values, V_PROPERTY);
    lm_err err = lm_dbread_text(r, r->ctx->record, f->values, V_VALUE, &text);
    if (err != LM_OK)
        return err;
    switch (property) {
    case PHONE:
        return lm_contact_add(c, LM_IDENTIFIER_PHONE, text);
    case EMAIL:
        return lm_contact_add(c, LM_IDENTIFIER_EMAIL, text);
    case MESSENGER:
    case PROFILE:
        return take_username(f, c, value_row, person);
    case ADDRESS:
        pass_over(f, NOT_ADDRESS, person);
        return LM_OK;
    case DATE:
        pass_over(f, NOT_DATE, person);
        return LM_OK;
    case URL:
        pass_over(f, NOT_URL, person);
        return LM_OK;
    case RELATED:
        pass_over(f, NOT_RELATED, person);
        return LM_OK;
    default:
        pass_over(f, NOT_OTHER, person);
        return LM_OK;
    }
}

/* "prefix first middle last suffix" */
static lm_err full_name(struct lm_dbread *r, const struct lm_evdb_table *t, struct lm_str *ret)
{
    static const size_t order[] = { P_PREFIX, P_FIRST, P_MIDDLE, P_LAST, P_SUFFIX };
    struct lm_str name = { NULL, 0 }, part;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        lm_err err = lm_dbread_text(r, r->ctx->record, t, order[i], &part);
        if (err != LM_OK)
            return err;
        part = lm_str_trim(part);
        if (part.n != 0)
            name = name.n == 0 ? part : lm_arena_printf(r->ctx->record, "%.*s %.*s", LM_STR_ARG(name), LM_STR_ARG(part));
        if (part.n != 0 && name.p == NULL)
            return LM_ENOMEM;
    }
    *ret = name;
    return LM_OK;
}

static lm_err names(struct lm_dbread *r, struct lm_evdb_table *t, struct lm_contact *c, struct lm_str *ret_shown)
{
    struct lm_str name, nickname, organization;
    lm_err err = full_name(r, t, &name);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, P_NICKNAME, &nickname);
    if (err == LM_OK)
        err = lm_dbread_text(r, r->ctx->record, t, P_ORGANIZATION, &organization);
    if (err == LM_OK)
        err = lm_contact_add(c, LM_IDENTIFIER_NAME, name);
    if (err == LM_OK)
        err = lm_contact_add(c, LM_IDENTIFIER_NAME, nickname);
    if (err == LM_OK && name.n == 0 && nickname.n == 0) /* iOS shows such a card under it */
        err = lm_contact_add(c, LM_IDENTIFIER_NAME, organization);
    *ret_shown = name.n != 0 ? name : nickname.n != 0 ? nickname : organization;
    return err;
}

static lm_err person(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    struct file *f = user;
    struct lm_contact c = { .a = r->ctx->record, .basis = LM_STR("contact_list") };
    struct lm_str shown;
    size_t found;
    const struct lm_evdb_link *l = lm_evdb_index_find(&f->me, lm_dbread_int(t, P_STORE), &found);
    for (size_t i = 0; i < found; i++)
        if (l[i].rowid == rowid)
            c.basis = LM_STR("own_profile");
    c.at = lm_dbread_when(r, t, P_CHANGED, LM_EPOCH_COCOA_S); /* the state in which the card is */
    if (c.at.quality == LM_TIME_NONE)
        c.at = lm_dbread_when(r, t, P_CREATED, LM_EPOCH_COCOA_S);
    lm_err err = names(r, t, &c, &shown);
    l = lm_evdb_index_find(&f->values_of, rowid, &found);
    for (size_t i = 0; err == LM_OK && f->values != NULL && i < found; i++) {
        enum lm_evdb_step s;
        err = lm_evdb_fetch(f->values, l[i].rowid, &s);
        if (err == LM_OK && s == LM_EVDB_ROW)
            err = take_value(f, &c, l[i].rowid, rowid);
        else if (err == LM_OK)
            lm_dbread_doubt(r, "a value of the card cannot be read");
    }
    if (err != LM_OK)
        return err;
    if (lm_evdb_bytes(t, P_NOTE).n != 0)
        pass_over(f, NOT_NOTE, rowid);
    if (c.many)
        lm_dbread_doubt(r, "more identifiers than a card may have: the rest is left out");
    lm_contact_settle(&c, shown);
    return lm_dbread_emit(r, c.facts, c.n);
}

static lm_err on_key(struct lm_dbread *r, struct lm_evdb_table *t, int64_t rowid, void *user)
{
    (void)r;
    if (lm_str_eq_nocase(lm_evdb_bytes(t, 0), LM_STR("username")))
        ((struct file *)user)->username = rowid;
    return LM_OK;
}

static lm_err tell_not_kept(struct file *f)
{
    lm_err err = LM_OK;
    for (size_t i = 0; i < N_NOT && err == LM_OK; i++) {
        struct lm_locator at = { .kind = LM_LOCATOR_TABLE, .name = LM_STR("ABPerson"), .a = (uint64_t)f->first[i] };
        if (f->not_kept[i] != 0)
            err = lm_dbread_notice(&f->r, LM_PROBLEM_DOUBTED, at, "%s are not kept: %" PRIu64 ", the first in the card here",
                                   not_kept_words[i], f->not_kept[i]);
    }
    return err;
}

static lm_err read_cards(struct file *f)
{
    static const char *const key_columns[] = { "value" }, *const store_columns[] = { "ROWID", "MeIdentifier" };
    struct lm_evdb_table *persons = NULL, *keys = NULL, *stores = NULL;
    struct lm_dbread *r = &f->r;
    int64_t highest = 0;
    static const size_t expected[] = { P_FIRST, P_LAST, P_ORGANIZATION };
    lm_err err = lm_dbread_table(r, "ABPerson", person_columns, P_N, &persons);
    if (err == LM_OK)
        err = lm_dbread_expect(r, persons, person_columns, expected, sizeof expected / sizeof *expected);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ABMultiValue", value_columns, V_N, &f->values);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ABMultiValueEntry", entry_columns, E_N, &f->entries);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ABMultiValueEntryKey", key_columns, 1, &keys);
    if (err == LM_OK)
        err = lm_dbread_rows(r, keys, on_key, f);
    if (err == LM_OK)
        err = lm_dbread_table(r, "ABStore", store_columns, 2, &stores);
    if (err == LM_OK)
        err = lm_dbread_index(r, stores, 0, 1, &f->me);
    if (err == LM_OK)
        err = lm_dbread_index(r, f->values, V_PERSON, LM_EVDB_ROWID, &f->values_of);
    if (err == LM_OK)
        err = lm_dbread_index(r, f->entries, E_PARENT, LM_EVDB_ROWID, &f->entries_of);
    if (err == LM_OK)
        err = lm_dbread_highest(r, "ABPerson", NULL, &highest);
    if (err == LM_OK)
        err = lm_dbread_records(r, persons, highest, person, f);
    return err == LM_OK ? tell_not_kept(f) : err;
}

static lm_err read_all(struct lm_read *ctx, struct lm_sink *sink)
{
    struct file f = { .username = 0 };
    lm_err err = lm_dbread_open(&f.r, ctx, sink);
    if (err == LM_OK && !lm_evdb_has_table(f.r.db, "ABPerson"))
        err = lm_fail(ctx->error, LM_EINPUT, "there is no table ABPerson in it");
    if (err == LM_OK)
        err = read_cards(&f);
    return lm_dbread_finish(&f.r, err);
}

/* The magic (128 bits) and two tables of the address book (40); the name alone, of a file that cannot be opened, 8. */
static int bid(const struct lm_input *in, struct lm_str head)
{
    static const char *const tables[] = { "ABPerson.First", "ABMultiValue.record_id" };
    if (lm_dbread_peek(in, head, tables, 2) == 3)
        return 168;
    return lm_dbread_named(in, "AddressBook.sqlitedb") ? 8 : 0;
}

const struct lm_reader lm_reader_ios_addressbook = {
    .name = "ios_addressbook",
    .title = "Contacts on iOS: AddressBook.sqlitedb",
    .reference = "abrignoni/iLEAPP 423798fa addressBook.py (names and values of property), checked 2026-11",
    .tested_on = "a public research phone; our own files",
    .lookahead = LM_DBREAD_LOOKAHEAD,
    .bid = bid,
    .read = read_all,
};
