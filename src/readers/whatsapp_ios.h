/* whatsapp_ios.h - what the files of the reader whatsapp_ios share. */
#ifndef LM_READERS_WHATSAPP_IOS_H
#define LM_READERS_WHATSAPP_IOS_H

#include "readers/shared/db_read.h"
#include "readers/shared/whatsapp_id.h"

struct wai {
    struct lm_dbread r;
    struct lm_waid ids;
    struct lm_waid_chats chats;
};

/* Phone numbers behind hidden ids and names, from ContactsV2.sqlite beside the input; nothing when there is none. */
lm_err wai_contacts_beside(struct wai *w);

/* The owner, from ChatStorage.sqlite beside the input; nothing when there is none or it does not say. */
lm_err wai_owner_beside(struct wai *w);

/* ChatStorage.sqlite */
lm_err wai_chat(struct wai *w);

#endif
