/* identity_parts.h - what the files of identity.h share; inside src/store/ only. */
#ifndef LM_STORE_IDENTITY_PARTS_H
#define LM_STORE_IDENTITY_PARTS_H

#include "store/identity.h"

/* Whether a record under a live authority of investigation ?1 names account ?2. */
#define LM_IDENTITY_OF_LIVE " JOIN source s ON s.id = x.source JOIN authority a ON a.id = s.authority"      \
                            " WHERE a.investigation = ?1 AND a.revoked_us IS NULL AND "
#define LM_IDENTITY_LIVE                                                                                     \
    "SELECT EXISTS (SELECT 1 FROM account_identifier x" LM_IDENTITY_OF_LIVE "x.account = ?2)"                \
    " OR EXISTS (SELECT 1 FROM leg l JOIN event x ON x.id = l.event" LM_IDENTITY_OF_LIVE "l.frm = ?2)"       \
    " OR EXISTS (SELECT 1 FROM leg l JOIN event x ON x.id = l.event" LM_IDENTITY_OF_LIVE "l.dst = ?2)"

#endif
