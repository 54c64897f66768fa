#include "web/web.h"

#include <errno.h>
#include <limits.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/assets.h"
#include "web/clock.h"
#include "web/guard.h"
#include "web/html.h"
#include "web/request.h"
#include "web/session.h"

#define OUT_CEILING_BYTES ((size_t)64 << 20)
#define ARENA_CEILING_BYTES ((size_t)1 << 30)
#define HEADER_MEMORY_BYTES ((size_t)32 << 10)
#define IDLE_CONNECTION_S 15U
#define PATH_MAX_BYTES 256

struct lm_web {
    const struct lm_web_options *options;
    struct MHD_Daemon *daemon;
    uint16_t port;
    char cookie[32];
    struct lm_assets assets;
    struct lm_sessions sessions;
    pthread_mutex_t lock; /* over running */
    struct lm_request *running[LM_WEB_CONNECTIONS];
};

/* What the server wants to know of the headers. */
struct headers {
    struct lm_str host, fetch_site, if_none_match;
    unsigned n_hosts;
};

/* --- replies --- */

struct reply {
    unsigned status;
    const char *type;
    const char *cache;     /* Cache-Control */
    const char *etag;      /* or NULL */
    const char *encoding;  /* or NULL */
    const char *location;  /* or NULL */
    const char *cookie;    /* whole Set-Cookie value, or NULL */
    const char *allow;     /* or NULL */
};

static enum MHD_Result send_reply(struct MHD_Connection *c, struct MHD_Response *m, const struct reply *r)
{
    if (m == NULL)
        return MHD_NO;
    const char *const pairs[][2] = {
        { "Content-Security-Policy", LM_WEB_POLICY },
        { "X-Content-Type-Options", "nosniff" },
        { "Referrer-Policy", "no-referrer" },
        { "Cross-Origin-Opener-Policy", "same-origin" },
        { "Cross-Origin-Resource-Policy", "same-origin" },
        { "Content-Type", r->type },
        { "Cache-Control", r->cache },
        { "ETag", r->etag },
        { "Content-Encoding", r->encoding },
        { "Location", r->location },
        { "Set-Cookie", r->cookie },
        { "Allow", r->allow },
    };
    enum MHD_Result ok = MHD_YES;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] && ok == MHD_YES; i++)
        if (pairs[i][1] != NULL)
            ok = MHD_add_response_header(m, pairs[i][0], pairs[i][1]);
    if (ok == MHD_YES)
        ok = MHD_queue_response(c, r->status, m);
    MHD_destroy_response(m);
    return ok;
}

/* The buffer's memory goes to the HTTP library. */
static enum MHD_Result send_buf(struct MHD_Connection *c, struct lm_buf *b, const struct reply *r)
{
    struct MHD_Response *m = MHD_create_response_from_buffer(b->n, b->p, MHD_RESPMEM_MUST_FREE);
    if (m != NULL) {
        b->p = NULL;
        b->n = b->cap = 0;
    }
    return send_reply(c, m, r);
}

static enum MHD_Result send_asset(struct MHD_Connection *c, const struct lm_asset *a, struct lm_str if_none_match)
{
    /* no-cache: kept by the browser, asked about every time; the tag makes the answer short. */
    struct reply r = { .status = MHD_HTTP_OK, .type = a->type, .cache = "no-cache", .etag = a->etag,
                       .encoding = a->gzip ? "gzip" : NULL };
    struct lm_str bytes = a->bytes;
    if (lm_etag_listed(if_none_match, lm_str(a->etag))) {
        r.status = MHD_HTTP_NOT_MODIFIED;
        bytes.n = 0;
    }
    char *p = (char *)(uintptr_t)bytes.p; /* the library's type; MHD_RESPMEM_PERSISTENT is not written to */
    return send_reply(c, MHD_create_response_from_buffer(bytes.n, p, MHD_RESPMEM_PERSISTENT), &r);
}

static unsigned status_of(lm_err err)
{
    switch (err) {
    case LM_OK: return MHD_HTTP_OK;
    case LM_EUSAGE: return MHD_HTTP_BAD_REQUEST;
    case LM_EDENIED: return MHD_HTTP_FORBIDDEN;
    case LM_ENOTFOUND: return MHD_HTTP_NOT_FOUND;
    case LM_ELOCKED:
    case LM_ECANCELLED: return MHD_HTTP_SERVICE_UNAVAILABLE;
    case LM_EINPUT:
    case LM_ELIMIT:
    case LM_EEXIST:
    case LM_EDAMAGED:
    case LM_EIO:
    case LM_ENOMEM:
    case LM_EINTERNAL: break;
    }
    return MHD_HTTP_INTERNAL_SERVER_ERROR;
}

static enum MHD_Result send_error(struct MHD_Connection *c, unsigned status, lm_err code, const char *message,
                                  const char *hint)
{
    struct lm_buf b;
    struct lm_json_out o;
    lm_buf_init(&b, OUT_CEILING_BYTES);
    lm_json_out_init(&o, &b);
    lm_json_object(&o);
    lm_json_key(&o, "error");
    lm_json_object(&o);
    lm_json_kv_z(&o, "code", lm_err_name(code));
    lm_json_kv_z(&o, "message", message);
    lm_json_kv_null(&o, "file"); /* the browser has no use for paths of this machine */
    lm_json_kv_null(&o, "locator");
    lm_json_kv_z(&o, "hint", hint);
    lm_json_object_end(&o);
    lm_json_object_end(&o);
    lm_buf_putc(&b, '\n');
    struct reply r = { .status = status, .type = "application/json", .cache = "no-store",
                       .allow = status == MHD_HTTP_METHOD_NOT_ALLOWED ? "GET" : NULL };
    enum MHD_Result sent = b.failed ? MHD_NO : send_buf(c, &b, &r);
    lm_buf_free(&b);
    return sent;
}

/* --- one request --- */

struct collected {
    struct lm_request *r;
    const char *taken;
    lm_err err;
};

static enum MHD_Result collect_param(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                     const char *value, size_t value_n)
{
    struct collected *to = cls;
    struct lm_request *r = to->r;
    struct lm_param p = { { key, key_n }, { value != NULL ? value : "", value_n } };
    (void)kind;
    if (r->n_params == LM_REQUEST_PARAMS_MAX || !lm_word_listed(to->taken, p.name)
        || lm_request_param(r, key).p != NULL)
        to->err = lm_fail(&r->error, LM_EUSAGE, "this address takes: %s", to->taken);
    else if (!lm_param_clean(p.value, LM_REQUEST_VALUE_MAX))
        to->err = lm_fail(&r->error, LM_EUSAGE, "%s: at most %d bytes of printable UTF-8", key, LM_REQUEST_VALUE_MAX);
    else
        r->params[r->n_params++] = p;
    return to->err == LM_OK ? MHD_YES : MHD_NO;
}

static lm_err parameters_of(struct MHD_Connection *c, struct lm_request *r, const char *taken)
{
    struct collected to = { .r = r, .taken = taken };
    (void)MHD_get_connection_values_n(c, MHD_GET_ARGUMENT_KIND, collect_param, &to);
    return to.err;
}

static enum MHD_Result collect_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n,
                                      const char *value, size_t value_n)
{
    struct headers *h = cls;
    struct lm_str k = { key, key_n }, v = { value, value_n };
    (void)kind;
    if (lm_str_eq_nocase(k, LM_STR("host"))) {
        h->host = v;
        h->n_hosts++;
    } else if (lm_str_eq_nocase(k, LM_STR("sec-fetch-site"))) {
        h->fetch_site = v;
    } else if (lm_str_eq_nocase(k, LM_STR("if-none-match"))) {
        h->if_none_match = v;
    }
    return MHD_YES;
}

/* Puts the request where lm_web_tick finds it; false when there are too many. */
static bool start_watching(struct lm_web *web, struct lm_request *r)
{
    bool placed = false;
    (void)pthread_mutex_lock(&web->lock);
    for (size_t i = 0; i < LM_WEB_CONNECTIONS && !placed; i++)
        if (web->running[i] == NULL) {
            web->running[i] = r;
            placed = true;
        }
    (void)pthread_mutex_unlock(&web->lock);
    return placed;
}

static void stop_watching(struct lm_web *web, struct lm_request *r)
{
    (void)pthread_mutex_lock(&web->lock);
    for (size_t i = 0; i < LM_WEB_CONNECTIONS; i++)
        if (web->running[i] == r)
            web->running[i] = NULL;
    (void)pthread_mutex_unlock(&web->lock);
}

/* Answers from the workspace: an endpoint's JSON, or the plain page when e is NULL. */
static enum MHD_Result answer_data(struct lm_web *web, struct MHD_Connection *c, const struct lm_endpoint *e)
{
    struct lm_request r = { .options = web->options, .deadline_us = lm_web_now_us() + LM_REQUEST_LIMIT_US };
    struct reply ok = { .status = MHD_HTTP_OK, .cache = "no-store",
                        .type = e != NULL ? "application/json" : "text/html; charset=utf-8" };
    lm_arena_init(&r.a, ARENA_CEILING_BYTES);
    lm_buf_init(&r.out, OUT_CEILING_BYTES);
    bool watched = start_watching(web, &r);
    lm_err err = watched ? parameters_of(c, &r, e != NULL ? e->params : "")
                         : lm_fail(&r.error, LM_ELOCKED, "too many questions at once");
    if (err == LM_OK && e != NULL) {
        struct lm_json_out o;
        lm_json_out_init(&o, &r.out);
        err = e->answer(&r, &o);
        lm_buf_putc(&r.out, '\n');
    } else if (err == LM_OK) {
        err = lm_html_plain(&r);
    }
    if (err == LM_OK && r.out.failed)
        err = lm_fail(&r.error, LM_ELIMIT, "the answer is too large; ask for fewer rows");
    if (err == LM_ECANCELLED)
        (void)lm_request_alive(&r); /* says why */
    if (r.store != NULL)
        lm_store_close(r.store);
    if (watched)
        stop_watching(web, &r);
    const char *message = r.error.code == err && r.error.message[0] != '\0' ? r.error.message : lm_err_name(err);
    enum MHD_Result sent = err == LM_OK ? send_buf(c, &r.out, &ok)
                                        : send_error(c, status_of(err), err, message,
                                                     r.error.hint[0] != '\0' ? r.error.hint : NULL);
    lm_buf_free(&r.out);
    lm_arena_free(&r.a);
    return sent;
}

static bool has_session(struct lm_web *web, struct MHD_Connection *c)
{
    const char *id = MHD_lookup_connection_value(c, MHD_COOKIE_KIND, web->cookie);
    return id != NULL && lm_sessions_check(&web->sessions, lm_str(id), lm_web_now_us());
}

/* The start link: the token buys a cookie, and the address bar loses it. */
static enum MHD_Result answer_token(struct lm_web *web, struct MHD_Connection *c, const char *token)
{
    char id[LM_SESSION_SECRET], cookie[160];
    if (!lm_sessions_redeem(&web->sessions, lm_str(token), lm_web_now_us(), id))
        return MHD_NO;
    (void)snprintf(cookie, sizeof cookie, "%s=%s; Path=/; HttpOnly; SameSite=Strict", web->cookie, id);
    struct reply r = { .status = MHD_HTTP_SEE_OTHER, .type = "text/plain; charset=utf-8", .cache = "no-store",
                       .location = "/", .cookie = cookie };
    return send_reply(c, MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT), &r);
}

static enum MHD_Result answer_locked(struct MHD_Connection *c)
{
    struct lm_buf b;
    lm_buf_init(&b, OUT_CEILING_BYTES);
    lm_html_locked(&b);
    struct reply r = { .status = MHD_HTTP_UNAUTHORIZED, .type = "text/html; charset=utf-8", .cache = "no-store" };
    enum MHD_Result sent = b.failed ? MHD_NO : send_buf(c, &b, &r);
    lm_buf_free(&b);
    return sent;
}

static enum MHD_Result answer_path(struct lm_web *web, struct MHD_Connection *c, struct lm_str path,
                                   const struct headers *h)
{
    const struct lm_asset *asset = lm_asset_find(&web->assets, path);
    bool front = lm_str_eq(path, LM_STR("/")), plain = lm_str_eq(path, LM_STR("/plain"));
    if (asset != NULL)
        return send_asset(c, asset, h->if_none_match);
    if (front) {
        const char *token = MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "token");
        enum MHD_Result opened = token != NULL ? answer_token(web, c, token) : MHD_NO;
        if (opened == MHD_YES)
            return opened;
    }
    if (front || plain) {
        if (!has_session(web, c))
            return answer_locked(c);
        if (front && web->assets.script)
            return send_asset(c, lm_asset_find(&web->assets, LM_STR("/index.html")), h->if_none_match);
        return answer_data(web, c, NULL);
    }
    if (!lm_str_starts(path, LM_STR("/api/")))
        return send_error(c, MHD_HTTP_NOT_FOUND, LM_ENOTFOUND, "nothing is served under this address", NULL);
    if (!lm_fetch_site_ours(h->fetch_site))
        return send_error(c, MHD_HTTP_FORBIDDEN, LM_EDENIED, "another site may not ask", NULL);
    if (!has_session(web, c))
        return send_error(c, MHD_HTTP_UNAUTHORIZED, LM_EDENIED, "no session",
                          "open the link that `lastmile serve` printed last");
    for (const struct lm_endpoint *e = lm_endpoints; e->path != NULL; e++)
        if (lm_str_eq(lm_str(e->path), path))
            return answer_data(web, c, e);
    return send_error(c, MHD_HTTP_NOT_FOUND, LM_ENOTFOUND, "nothing is served under this address", NULL);
}

/* What is known of a request before it is answered, as the library's per-request pointer. */
enum mark { MARK_NEW, MARK_ESCAPED, MARK_ANNOUNCED };

static void *mark(enum mark m)
{
    static const char marks[3];
    return (void *)(uintptr_t)&marks[m];
}

/* The address as it was sent. None of ours holds an escape in its path, and the library would cut the decoded one at a
 * NUL: such a path is nobody's. */
static void *look_at_address(void *cls, const char *uri, struct MHD_Connection *c)
{
    size_t path = strcspn(uri, "?");
    (void)cls;
    (void)c;
    return mark(memchr(uri, '%', path) != NULL ? MARK_ESCAPED : MARK_NEW);
}

static enum MHD_Result answer(void *cls, struct MHD_Connection *c, const char *url, const char *method,
                              const char *version, const char *upload, size_t *upload_n, void **state)
{
    struct lm_web *web = cls;
    struct headers h = { 0 };
    (void)version;
    (void)upload;
    bool escaped = *state == mark(MARK_ESCAPED);
    if (*state == mark(MARK_NEW) && strcmp(method, MHD_HTTP_METHOD_GET) == 0) {
        *state = mark(MARK_ANNOUNCED); /* an answer now would end the connection after it */
        return MHD_YES;
    }
    *upload_n = 0; /* a body is never read */
    (void)MHD_get_connection_values_n(c, MHD_HEADER_KIND, collect_header, &h);
    if (h.n_hosts != 1 || !lm_host_ours(h.host, web->port))
        return send_error(c, MHD_HTTP_MISDIRECTED_REQUEST, LM_EDENIED,
                          "this server answers to 127.0.0.1 and localhost only", NULL);
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0)
        return send_error(c, MHD_HTTP_METHOD_NOT_ALLOWED, LM_EDENIED, "only GET is answered", NULL);
    if (escaped)
        return send_error(c, MHD_HTTP_NOT_FOUND, LM_ENOTFOUND, "nothing is served under this address", NULL);
    if (strlen(url) > PATH_MAX_BYTES)
        return send_error(c, MHD_HTTP_URI_TOO_LONG, LM_ELIMIT, "the address is too long", NULL);
    return answer_path(web, c, lm_str(url), &h);
}

/* --- life --- */

/* A socket on 127.0.0.1 that already listens; the port that it got. */
static lm_err listen_local(uint16_t port, int *ret_fd, uint16_t *ret_port, struct lm_error *e)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof at;
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return lm_fail(e, LM_EIO, "no socket: %s", strerror(errno));
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0
        || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, LM_WEB_CONNECTIONS) != 0
        || getsockname(fd, (struct sockaddr *)&at, &n) != 0) {
        int why = errno;
        (void)close(fd);
        (void)lm_fail(e, LM_EIO, "port %u of 127.0.0.1: %s", port, strerror(why));
        lm_fail_hint(e, "--port 0 takes a free one");
        return LM_EIO;
    }
    *ret_fd = fd;
    *ret_port = ntohs(at.sin_port);
    return LM_OK;
}

static lm_err start_daemon(struct lm_web *web, struct lm_error *e)
{
    int fd = -1;
    lm_err err = listen_local(web->options->port, &fd, &web->port, e);
    if (err != LM_OK)
        return err;
    (void)snprintf(web->cookie, sizeof web->cookie, "lastmile_%u", web->port); /* cookies do not know ports */
    web->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL | MHD_USE_ITC, 0, NULL, NULL,
        answer, web, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, (unsigned)LM_WEB_CONNECTIONS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, HEADER_MEMORY_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_CONNECTION_S,
        MHD_OPTION_URI_LOG_CALLBACK, look_at_address, NULL, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    if (web->daemon == NULL) {
        (void)close(fd);
        return lm_fail(e, LM_EIO, "the web server does not start");
    }
    return LM_OK;
}

lm_err lm_web_start(const struct lm_web_options *options, struct lm_web **ret, struct lm_error *e)
{
    struct lm_web *web = calloc(1, sizeof *web);
    if (web == NULL)
        return lm_fail(e, LM_ENOMEM, "out of memory");
    web->options = options;
    lm_err err = lm_assets_init(&web->assets, e);
    if (err == LM_OK)
        err = lm_sessions_init(&web->sessions, e);
    if (err != LM_OK) {
        free(web);
        return err;
    }
    (void)pthread_mutex_init(&web->lock, NULL);
    err = start_daemon(web, e);
    if (err != LM_OK) {
        lm_web_stop(web);
        return err;
    }
    *ret = web;
    return LM_OK;
}

static void cancel_running(struct lm_web *web, int64_t deadline_us)
{
    (void)pthread_mutex_lock(&web->lock);
    for (size_t i = 0; i < LM_WEB_CONNECTIONS; i++)
        if (web->running[i] != NULL && web->running[i]->deadline_us <= deadline_us)
            atomic_store_explicit(&web->running[i]->cancel, true, memory_order_relaxed);
    (void)pthread_mutex_unlock(&web->lock);
}

void lm_web_tick(struct lm_web *web)
{
    cancel_running(web, lm_web_now_us());
}

void lm_web_stop(struct lm_web *web)
{
    if (web == NULL)
        return;
    cancel_running(web, INT64_MAX);
    if (web->daemon != NULL)
        MHD_stop_daemon(web->daemon);
    (void)pthread_mutex_destroy(&web->lock);
    lm_sessions_destroy(&web->sessions);
    free(web);
}

uint16_t lm_web_port(const struct lm_web *web)
{
    return web->port;
}

uint64_t lm_web_link(struct lm_web *web, char ret_link[LM_WEB_LINK_MAX])
{
    char token[LM_SESSION_SECRET];
    uint64_t number = lm_sessions_token(&web->sessions, token);
    (void)snprintf(ret_link, LM_WEB_LINK_MAX, "http://127.0.0.1:%u/?token=%s", web->port, token);
    return number;
}
