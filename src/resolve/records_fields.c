#include <stdlib.h>

#include "base/os.h"
#include "formats/csv.h"
#include "resolve/records_parts.h"

static size_t role_at(const struct lm_records_file *f, unsigned file, enum lm_column_role role)
{
    for (size_t i = 0; i < f->n_columns[file]; i++)
        if (f->columns[file][i].role == role)
            return i;
    return SIZE_MAX;
}

static bool is_called(const struct lm_column *c, const char *word)
{
    return c->role == LM_COLUMN_FIELD && c->means != NULL && strcmp(c->means, word) == 0;
}

static const struct lm_column *called(const struct lm_records_file *f, unsigned file, const char *word)
{
    for (size_t i = 0; i < f->n_columns[file]; i++)
        if (is_called(&f->columns[file][i], word))
            return &f->columns[file][i];
    return NULL;
}

/* "words" and "code" are many things: there the word of the name counts as well. */
static bool same_meaning(const struct lm_column *a, const struct lm_column *b)
{
    static const char *const many[] = { "words", "text", "number", "code", "date" };
    bool alike = a->means != NULL && a->means == b->means && b->role == LM_COLUMN_FIELD;
    for (size_t i = 0; alike && i < sizeof many / sizeof many[0]; i++)
        if (strcmp(a->means, many[i]) == 0)
            alike = a->sort == b->sort;
    return alike;
}

/* What one table calls a title another may call a name. */
static size_t titled(const struct lm_records_file *f, const struct lm_column *c)
{
    bool title = is_called(c, "title"), name = is_called(c, "name");
    const struct lm_column *own = called(f, 0, title ? "name" : "title"), *other = called(f, 1, title ? "name" : "title");
    return (title || name) && own == NULL && other != NULL && called(f, 1, c->means) == NULL ? (size_t)(other - f->columns[1]) : SIZE_MAX;
}

/* The column of the other file that means the same: the same name, else the same meaning, the same how-manieth of it. */
static size_t twin(const struct lm_records_file *f, size_t at)
{
    const struct lm_column *c = &f->columns[0][at];
    size_t before = 0;
    for (size_t i = 0; i < f->n_columns[1]; i++)
        if (lm_str_eq_nocase(c->name, f->columns[1][i].name))
            return f->columns[1][i].role == LM_COLUMN_FIELD ? i : SIZE_MAX;
    for (size_t i = 0; i < at; i++)
        before += same_meaning(c, &f->columns[0][i]);
    for (size_t i = 0; i < f->n_columns[1]; i++)
        if (same_meaning(c, &f->columns[1][i]) && before-- == 0)
            return i;
    return titled(f, c);
}

/* "Vorname, Name": beside given names a name is the surname, beside surnames it is the given one; beside both it says nothing new, when
 * the other table has both as well. */
static void settle_names(struct lm_records_file *f, unsigned n_files)
{
    bool both = true;
    for (unsigned file = 0; file < n_files; file++)
        both &= called(f, file, "given_name") != NULL && called(f, file, "surname") != NULL;
    for (unsigned file = 0; file < n_files; file++) {
        bool given = called(f, file, "given_name") != NULL, family = called(f, file, "surname") != NULL;
        for (size_t i = 0; i < f->n_columns[file]; i++) {
            struct lm_column *c = &f->columns[file][i];
            if (!is_called(c, "name"))
                continue;
            if (both)
                c->role = LM_COLUMN_LEFT_OUT;
            else if (given != family)
                lm_column_rename(c, given ? "surname" : "given_name");
        }
    }
}

static uint8_t group_of(const struct reading *s, uint8_t family, enum lm_field_kind kind)
{
    for (uint32_t k = 0; family != 0 && k < s->n_fields; k++)
        if (s->family[k] == family && (s->fields[k].kind == kind || family == 1))
            return s->fields[k].group;
    return (uint8_t)s->n_fields;
}

static void add_field(struct reading *s, const struct lm_column *c, struct field_from from)
{
    if (s->n_fields == LM_FIELDS_MOST)
        return;
    struct lm_field *field = &s->fields[s->n_fields];
    *field = (struct lm_field){ .name = c->name, .kind = c->kind, .group = group_of(s, c->family, c->kind), .shared = c->shared };
    for (unsigned file = 0; file < 2; file++)
        if (!from.is_date && from.part[file][0] < s->f->n_columns[file])
            field->how[file] = s->f->columns[file][from.part[file][0]].how;
    s->family[s->n_fields] = c->family;
    s->from[s->n_fields++] = from;
}

static void add_birth_date(struct reading *s, unsigned n_files)
{
    static const enum lm_column_role roles[] = { LM_COLUMN_YEAR, LM_COLUMN_MONTH, LM_COLUMN_DAY };
    struct field_from from = { .is_date = true };
    unsigned n_parts = 0;
    size_t year = role_at(s->f, 0, LM_COLUMN_YEAR);
    for (unsigned k = 0; k < 3; k++) {
        from.part[1][k] = SIZE_MAX;
        for (unsigned file = 0; file < n_files; file++)
            from.part[file][k] = role_at(s->f, file, roles[k]);
        n_parts += from.part[0][k] != SIZE_MAX && (n_files == 1 || from.part[1][k] != SIZE_MAX);
    }
    if (year == SIZE_MAX || (n_files == 2 && from.part[1][0] == SIZE_MAX))
        return;
    from.is_date = n_parts > 1;
    const struct lm_column c = { .name = n_parts > 1 ? LM_STR("date of birth") : s->f->columns[0][year].name,
                                 .kind = n_parts > 1 ? LM_FIELD_DATE : LM_FIELD_NUMBER };
    add_field(s, &c, from);
}

/* The first of several. */
static void find_id(struct reading *s, unsigned file)
{
    s->id_at[file] = role_at(s->f, file, LM_COLUMN_ID);
    for (size_t i = 0; i < s->f->n_columns[file]; i++)
        if (s->f->columns[file][i].role == LM_COLUMN_ID && i != s->id_at[file])
            s->f->columns[file][i].role = LM_COLUMN_LEFT_OUT;
}

lm_err lm_records_fields(struct reading *s, unsigned n_files)
{
    struct lm_records_file *f = s->f;
    for (unsigned file = 0; file < n_files; file++)
        find_id(s, file);
    settle_names(f, n_files);
    for (size_t i = 0; i < f->n_columns[0]; i++) {
        struct lm_column *c = &f->columns[0][i];
        size_t other = n_files == 2 && c->role == LM_COLUMN_FIELD ? twin(f, i) : SIZE_MAX;
        if (c->role != LM_COLUMN_FIELD || (n_files == 2 && other == SIZE_MAX))
            continue;
        if (s->n_fields == LM_FIELDS_MOST) {
            c->role = LM_COLUMN_LEFT_OUT;
            continue;
        }
        struct field_from from = { .part = { { i, SIZE_MAX, SIZE_MAX }, { other, SIZE_MAX, SIZE_MAX } } };
        if (n_files == 2 && f->columns[1][other].kind == LM_FIELD_TEXT)
            c->kind = LM_FIELD_TEXT; /* long in one of both */
        add_field(s, c, from);
    }
    add_birth_date(s, n_files);
    if (s->n_fields == 0) {
        (void)lm_fail(s->e, LM_EINPUT, n_files == 2 ? "the tables have no column in common that can be compared"
                                                    : "no column that can be compared");
        lm_fail_hint(s->e, "--map FILE.csv says what columns mean: %s", lm_column_words());
        return LM_EINPUT;
    }
    return LM_OK;
}
