#include "store/anchor.h"

#include <stdio.h>

#include "store/audit.h"
#include "store/authority.h"
#include "store/rows.h"

const struct lm_anchored lm_anchored[LM_ANCHORS] = {
    [LM_ANCHOR_INVESTIGATION] = { "investigation", "investigation.add",
                                  "SELECT id, code, title, agency, division FROM investigation WHERE id = ?", NULL },
    [LM_ANCHOR_EXHIBIT] = { "exhibit", "import.exhibit",
                            "SELECT x.id, x.sha256, a.code, x.name, x.folder, x.bytes, x.zone, x.owner_platform,"
                            " x.owner_native, x.owner_name FROM exhibit x JOIN authority a ON a.id = x.authority"
                            " WHERE x.id = ?", NULL },
    [LM_ANCHOR_CUSTODY] = { "custody", "custody.add",
                            "SELECT id, exhibit, at_us, who, act, note FROM custody WHERE id = ?", NULL },
    [LM_ANCHOR_SOURCE] = { "source", "import.source",
                           "SELECT s.id, s.exhibit, a.code, s.import, s.path, s.sha256, s.bytes, s.reader FROM source s"
                           " JOIN authority a ON a.id = s.authority WHERE s.id = ?", "state IS NOT NULL" },
    [LM_ANCHOR_REVIEW] = { "review", "review.set",
                           "SELECT event, state, who, at_us, reason FROM review WHERE event = ?", NULL, true },
    [LM_ANCHOR_REVOCATION] = { "authority", LM_ACTION_AUTHORITY_REVOKE,
                               "SELECT id, code, revoked_us, revoked_by, revoked_reason FROM authority WHERE id = ?",
                               "revoked_us IS NOT NULL" },
    [LM_ANCHOR_JUDGEMENT] = { "judgement", "judgement.add",
                              "SELECT j.id, j.investigation, j.about, j.row, j.verdict, j.reason, j.scheme, j.grade, j.who,"
                              " j.at_us, coalesce((SELECT group_concat(p, ';') FROM (SELECT hex(a_sha256) || ',' || a_kind || ','"
                              " || a_a || ',' || hex(a_name) || ',' || a_nth || '=' || hex(b_sha256) || ',' || b_kind || ','"
                              " || b_a || ',' || hex(b_name) || ',' || b_nth AS p FROM not_same WHERE judgement = j.id"
                              " ORDER BY ord)), (SELECT group_concat(p, ';') FROM (SELECT a || '=' || b AS p FROM identity_word"
                              " WHERE judgement = j.id ORDER BY ord)), (SELECT hex(a_sha256) || ',' || a_a || '=' || hex(b_sha256) || ',' ||"
                              " b_a FROM op_word WHERE judgement = j.id)) FROM judgement j WHERE j.id = ?", NULL },
    [LM_ANCHOR_WITHDRAWAL] = { "judgement", "judgement.withdraw",
                               "SELECT id, withdrawn_us, withdrawn_by FROM judgement WHERE id = ?",
                               "withdrawn_us IS NOT NULL" },
    [LM_ANCHOR_ATTRIBUTION] = { "attribution", "attribution.set",
                                "SELECT id, person, identifier, account, basis, link, state, from_us, to_us, scheme, grade,"
                                " reason, source, record, proposed_us, decided_by, decided_us, undone_us, undone_by,"
                                " undone_reason FROM attribution WHERE id = ?", NULL, true },
    [LM_ANCHOR_PERSON] = { "person", "person.add",
                           "SELECT id, investigation, label, pseudonym, minor, merged_into, added_us, added_by FROM person"
                           " WHERE id = ?", NULL, true },
    [LM_ANCHOR_STANDING] = { "standing", "standing.add",
                             "SELECT id, person, investigation, standing, reason, who, at_us FROM standing WHERE id = ?",
                             NULL },
    [LM_ANCHOR_PROCESS] = { "process", "process.add",
                            "SELECT p.id, i.code, p.code, p.kind, p.provider, p.account, p.reference, a.code, p.served_day,"
                            " p.expires_day, p.added_us, p.added_by FROM process p JOIN investigation i"
                            " ON i.id = p.investigation LEFT JOIN authority a ON a.id = p.authority WHERE p.id = ?", NULL },
    [LM_ANCHOR_REVISION] = { "rollup_revision", "rollup.freeze",
                             "SELECT r.id, i.code, r.number, r.document, r.sha256, r.statement, r.public_key, r.signature,"
                             " r.frozen_us, r.frozen_by FROM rollup_revision r LEFT JOIN investigation i"
                             " ON i.id = r.investigation WHERE r.id = ?", NULL },
    [LM_ANCHOR_PROCESS_CHANGE] = { "process_change", "process.change",
                                   "SELECT c.id, p.code, c.change, c.expires_day, c.reference, c.reason, c.at_us, c.who"
                                   " FROM process_change c JOIN process p ON p.id = c.process WHERE c.id = ?", NULL },
};

lm_err lm_anchor_digest(struct lm_store *st, enum lm_anchor which, int64_t id, char ret_hex[65], struct lm_error *e)
{
    sqlite3_stmt *q = NULL;
    struct lm_digest d = { .n_rows = 0 };
    struct lm_sha256 hash;
    bool row = false;
    lm_err err = lm_db_prepare(st, lm_anchored[which].sql, &q, e);
    if (err != LM_OK)
        return err;
    (void)sqlite3_bind_int64(q, 1, id);
    err = lm_db_step(st, q, &row, e);
    lm_buf_init(&d.pending, (size_t)1 << 30);
    ret_hex[0] = '\0';
    if (err == LM_OK && row) {
        err = lm_digest_add_row(&d, q);
        if (err == LM_OK)
            err = lm_digest_end(&d, &hash);
        if (err == LM_OK)
            (void)lm_sha256_hex(&hash, ret_hex);
        else
            err = lm_fail(e, err, "out of memory");
    }
    lm_buf_free(&d.pending);
    (void)sqlite3_finalize(q);
    return err;
}

lm_err lm_anchor_add(struct lm_store *st, enum lm_anchor which, int64_t id, struct lm_str note, struct lm_error *e)
{
    char object[512], hex[65];
    lm_err err = lm_anchor_digest(st, which, id, hex, e);
    (void)snprintf(object, sizeof object, "%s %lld%s%.*s", lm_anchored[which].table, (long long)id,
                   note.n != 0 ? " " : "", LM_STR_ARG(lm_str_take(note, 400)));
    return err != LM_OK ? err : lm_audit_add(st, lm_anchored[which].action, lm_str(object), lm_str(hex), e);
}
