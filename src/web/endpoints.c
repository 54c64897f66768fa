#include "web/screens.h"

const struct lm_endpoint lm_endpoints[] = {
    { "/api/session", "", lm_web_session },
    { "/api/brief", "", lm_web_brief },
    { "/api/ledger", "limit offset ", lm_web_ledger },
    { "/api/problems", "limit offset ", lm_web_problems },
    { "/api/search", "q limit offset ", lm_web_search },
    { "/api/threads", "limit offset ", lm_web_threads },
    { "/api/thread", "id event limit offset ", lm_web_thread },
    { "/api/components", "", lm_web_components },
    { "/api/contacts", "account limit offset ", lm_web_account },
    { "/api/rollup", "", lm_web_rollup },
    { 0 },
};
