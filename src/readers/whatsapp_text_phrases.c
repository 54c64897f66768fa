/* What the app itself writes into an export, in the languages that its users' phones speak.
 *
 * Facts gathered from public exports and from the test data of open parsers; a language that is missing costs
 * a word in `detail`, never a record: the line is then a notice of kind `other`, or stays text. */
#include "readers/whatsapp_text.h"

/* clang-format off */
/* --- whole texts in a person's place --- */

enum whole_kind { WHOLE_DELETED, WHOLE_MISSED, WHOLE_OMITTED };

/* Without a final '.', without brackets. */
static const struct {
    struct lm_str text;
    enum whole_kind kind;
} wholes[] = {
#define D(t) { { t, sizeof(t) - 1 }, WHOLE_DELETED },
#define M(t) { { t, sizeof(t) - 1 }, WHOLE_MISSED },
#define O(t) { { t, sizeof(t) - 1 }, WHOLE_OMITTED },
    D("This message was deleted") D("You deleted this message") D("Se eliminó este mensaje")
    D("Eliminaste este mensaje") D("Este mensaje fue eliminado") D("Mensaje eliminado")
    D("Diese Nachricht wurde gelöscht") D("Du hast diese Nachricht gelöscht") D("Mensagem apagada")
    D("Esta mensagem foi apagada") D("Essa mensagem foi apagada") D("Você apagou esta mensagem")
    D("Apagou esta mensagem") D("Ce message a été supprimé") D("Vous avez supprimé ce message")
    D("Questo messaggio è stato eliminato") D("Hai eliminato questo messaggio") D("Dit bericht is verwijderd")
    D("Je hebt dit bericht verwijderd") D("U hebt dit bericht verwijderd") D("Данное сообщение удалено")
    D("Bu mesaj silindi") D("Ta wiadomość została usunięta") D("Pesan ini telah dihapus")

    M("Missed voice call") M("Missed video call") M("Missed group voice call") M("Missed group video call")
    M("Missed call") M("Llamada perdida") M("Llamada de voz perdida") M("Videollamada perdida")
    M("Llamada grupal perdida") M("Videollamada grupal perdida") M("Verpasster Sprachanruf")
    M("Verpasster Videoanruf") M("Verpasster Anruf") M("Sprachanruf verpasst") M("Videoanruf verpasst")
    M("Chamada de voz perdida") M("Chamada de vídeo perdida") M("Ligação de voz perdida")
    M("Ligação de vídeo perdida") M("Ligação perdida") M("Chamada perdida") M("Appel vocal manqué")
    M("Appel vidéo manqué") M("Appel manqué") M("Chiamata vocale persa") M("Videochiamata persa")
    M("Gemiste spraakoproep") M("Gemiste video-oproep")

    O("Media omitted") O("image omitted") O("video omitted") O("audio omitted") O("sticker omitted")
    O("GIF omitted") O("document omitted") O("Contact card omitted") O("video note omitted")
    O("View once voice message omitted") O("Multimedia omitido") O("Archivo omitido")
    O("Archivo multimedia omitido") O("imagen omitida") O("video omitido") O("audio omitido") O("sticker omitido")
    O("GIF omitido") O("documento omitido") O("Tarjeta de contacto omitida") O("Medien ausgeschlossen")
    O("Medien weggelassen") O("Bild weggelassen") O("Video weggelassen") O("Audio weggelassen")
    O("Sticker weggelassen") O("GIF weggelassen") O("Dokument weggelassen") O("Videonachricht weggelassen")
    O("Kontaktkarte ausgelassen") O("Mídia oculta") O("Arquivo de mídia oculto") O("Mídia omitida")
    O("Ficheiro não revelado") O("imagem ocultada") O("imagem omitida") O("vídeo omitido") O("vídeo ocultado")
    O("áudio omitido") O("áudio ocultado") O("figurinha omitida") O("Cartão do contato omitido")
    O("Médias omis") O("Fichier omis") O("image absente") O("vidéo absente") O("audio omis") O("sticker omis")
    O("GIF retiré") O("document manquant") O("Fiche contact omise") O("Media omessi") O("immagine omessa")
    O("video omesso") O("audio omesso") O("sticker non incluso") O("GIF esclusa") O("documento omesso")
    O("Scheda contatto omessa") O("Media weggelaten") O("afbeelding weggelaten") O("video weggelaten")
    O("audio weggelaten") O("sticker weggelaten") O("GIF weggelaten") O("document weggelaten")
    O("Без медиафайлов") O("Medya dahil edilmedi") O("メディアなし") O("省略多媒体文件") O("略過多媒體檔")
    O("Media tidak disertakan") O("pominięto multimedia") O("미디어 파일을 생략한 대화내용")
#undef D
#undef M
#undef O
};

static const char *const attached[] = {
    "file attached",    "attached",        "Datei angehängt",  "angehängt",        "archivo adjunto", "adjunto",
    "arquivo anexado",  "ficheiro anexado", "anexado",         "fichier joint",    "pièce jointe",    "file allegato",
    "allegato",         "bestand bijgevoegd", "bijgevoegd",    "файл добавлен",    "dosya ekli",      "plik dołączony",
    "załączono plik",   "ファイル添付済み", "文件附件",        "檔案附件",         "파일 첨부됨",     "file terlampir",
    "फ़ाइल संलग्न है", "ملف مرفق",         "قابل تنزيل",
};

static const char *const edited[] = {
    "This message was edited",          "Este mensaje fue editado",     "Se editó este mensaje",
    "Diese Nachricht wurde bearbeitet", "Mensagem editada",             "Esta mensagem foi editada",
    "Ce message a été modifié",         "Questo messaggio è stato modificato", "Dit bericht is bewerkt",
};

static const char *const owner_names[] = { "You", "Du", "Tú", "Usted", "Você", "Vous", "Tu", "Je", "U", "Jij", "Hai" };

/* clang-format on */

static struct lm_str without_dot(struct lm_str s)
{
    return s.n > 0 && s.p[s.n - 1] == '.' ? lm_str_take(s, s.n - 1) : s;
}

static bool in_list(struct lm_str text, const char *const *list, size_t n)
{
    text = without_dot(lm_wa_trim(text));
    for (size_t i = 0; i < n; i++)
        if (lm_str_is_nocase(text, list[i]))
            return true;
    return false;
}

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

bool lm_wa_is_attached(struct lm_str text)
{
    return in_list(text, attached, COUNT(attached));
}

bool lm_wa_is_edited(struct lm_str text)
{
    return in_list(text, edited, COUNT(edited));
}

/* "You", "Du"… */
static bool is_owner(struct lm_str name)
{
    name = lm_wa_trim(name);
    for (size_t i = 0; i < COUNT(owner_names); i++)
        if (lm_str_is(name, owner_names[i]))
            return true;
    return false;
}

void lm_wa_filter_init(struct lm_wa_filter *f)
{
    *f = (struct lm_wa_filter){ 0 };
    for (size_t i = 0; i < COUNT(wholes); i++) {
        size_t n = wholes[i].text.n < 63 ? wholes[i].text.n : 63;
        if (wholes[i].kind == WHOLE_MISSED)
            continue; /* without the app's mark a person may have typed it */
        f->firsts[wholes[i].text.p[0] & 31] |= UINT64_C(1) << n;
        f->lasts[wholes[i].text.p[wholes[i].text.n - 1] & 31] |= UINT64_C(1) << n;
    }
}

bool lm_wa_filter_may(const struct lm_wa_filter *f, struct lm_str text)
{
    if (text.n > 2 && text.p[0] == '<' && text.p[text.n - 1] == '>')
        text = (struct lm_str){ text.p + 1, text.n - 2 };
    text = without_dot(text);
    if (text.n == 0)
        return false;
    return (f->firsts[text.p[0] & 31] & f->lasts[text.p[text.n - 1] & 31]) >> (text.n < 63 ? text.n : 63) & 1;
}

static bool whole_text(struct lm_str text, enum whole_kind *ret)
{
    text = without_dot(text);
    for (size_t i = 0; i < COUNT(wholes); i++) {
        if (wholes[i].text.n == text.n && lm_str_eq_nocase(wholes[i].text, text)) {
            *ret = wholes[i].kind;
            return true;
        }
    }
    return false;
}

bool lm_wa_is_omitted(struct lm_str text)
{
    enum whole_kind kind;
    return whole_text(lm_wa_trim(text), &kind) && kind == WHOLE_OMITTED;
}

/* clang-format off */
/* --- notices --- */

enum { ANYWHERE, START, END };
enum { ACTOR = 1, OWNER = 2, ENGLISH = 4, GROUP = 8 };

/* The first that fits decides, so the special stands before the general. ACTOR: the name before the phrase did it;
 * OWNER: the phrase says "you". */
static const struct {
    struct lm_str phrase;
    unsigned char place, flags;
    enum lm_event_kind kind;
    const char *word;
} notices[] = {
#define G(p, place, flags, word) { { p, sizeof(p) - 1 }, place, GROUP | (flags), LM_EVENT_GROUP_CHANGE, word },
#define T(p, place, flags, word) { { p, sizeof(p) - 1 }, place, flags, LM_EVENT_OTHER, word },
    T("end-to-end encrypt", ANYWHERE, ENGLISH, "encryption") T("extremo a extremo", ANYWHERE, 0, "encryption")
    T("Ende-zu-Ende", ANYWHERE, 0, "encryption") T("ponta a ponta", ANYWHERE, 0, "encryption")
    T("ponto a ponto", ANYWHERE, 0, "encryption") T("bout en bout", ANYWHERE, 0, "encryption")
    T("end-to-end", ANYWHERE, 0, "encryption") T("security code", ANYWHERE, ENGLISH, "security_code")
    T("código de seguridad", ANYWHERE, 0, "security_code") T("Sicherheitsnummer", ANYWHERE, 0, "security_code")
    T("código de segurança", ANYWHERE, 0, "security_code") T("code de sécurité", ANYWHERE, 0, "security_code")
    T(" disappearing messages", ANYWHERE, ENGLISH, "disappearing") T("mensajes temporales", ANYWHERE, 0, "disappearing")
    T("selbstlöschende Nachrichten", ANYWHERE, 0, "disappearing") T("mensagens temporárias", ANYWHERE, 0, "disappearing")
    T("messages éphémères", ANYWHERE, 0, "disappearing") T("phone number", ANYWHERE, ENGLISH, "number_changed")
    T("número de teléfono", ANYWHERE, 0, "number_changed") T("Telefonnummer", ANYWHERE, 0, "number_changed")
    T("número de telefone", ANYWHERE, 0, "number_changed") T("numéro de téléphone", ANYWHERE, 0, "number_changed")
    T("business account", ANYWHERE, ENGLISH, "business") T("You blocked this contact", START, ENGLISH, "blocked")
    T("You unblocked this contact", START, ENGLISH, "unblocked") T(" pinned a message", END, ENGLISH, "pinned")

    G(" created group ", ANYWHERE, ACTOR | ENGLISH, "group_created")
    G(" created this group", ANYWHERE, ACTOR | ENGLISH, "group_created")
    G(" created the group", ANYWHERE, ACTOR | ENGLISH, "group_created")
    G(" changed the subject", ANYWHERE, ACTOR | ENGLISH, "subject_changed")
    G(" changed the group name", ANYWHERE, ACTOR | ENGLISH, "subject_changed")
    G(" this group's icon", ANYWHERE, ENGLISH, "icon_changed") G(" this group’s icon", ANYWHERE, ENGLISH, "icon_changed")
    G(" the group icon", ANYWHERE, ENGLISH, "icon_changed")
    G(" group description", ANYWHERE, ENGLISH, "description_changed")
    G(" this group's settings", ANYWHERE, ENGLISH, "settings_changed")
    G(" this group’s settings", ANYWHERE, ENGLISH, "settings_changed")
    G(" now an admin", ANYWHERE, ENGLISH, "admin_changed") G(" no longer an admin", ANYWHERE, ENGLISH, "admin_changed")
    G(" joined using ", ANYWHERE, ACTOR | ENGLISH, "member_joined") G(" joined via ", ANYWHERE, ACTOR | ENGLISH, "member_joined")
    G(" joined from ", ANYWHERE, ACTOR | ENGLISH, "member_joined") G(" joined the group", ANYWHERE, ACTOR | ENGLISH, "member_joined")
    G(" requested to join", ANYWHERE, ACTOR | ENGLISH, "join_requested")
    G(" were added", END, ENGLISH, "member_added") G(" was added", END, ENGLISH, "member_added")
    G(" were removed", END, ENGLISH, "member_removed") G(" was removed", END, ENGLISH, "member_removed")
    G(" added ", ANYWHERE, ACTOR | ENGLISH, "member_added") G(" removed ", ANYWHERE, ACTOR | ENGLISH, "member_removed")
    G(" left", END, ACTOR | ENGLISH, "member_left") G(" left the group", END, ACTOR | ENGLISH, "member_left")

    G("Creaste el grupo", START, OWNER, "group_created") G(" creó el grupo", ANYWHERE, ACTOR, "group_created")
    G("Cambiaste el asunto", START, OWNER, "subject_changed") G(" cambió el asunto", ANYWHERE, ACTOR, "subject_changed")
    G("Cambiaste el nombre", START, OWNER, "subject_changed")
    G(" cambió el nombre del grupo", ANYWHERE, ACTOR, "subject_changed")
    G(" cambió el ícono", ANYWHERE, ACTOR, "icon_changed") G(" cambió el icono", ANYWHERE, ACTOR, "icon_changed")
    G(" cambió la imagen", ANYWHERE, ACTOR, "icon_changed") G(" cambió la foto", ANYWHERE, ACTOR, "icon_changed")
    G(" cambió la descripción", ANYWHERE, ACTOR, "description_changed")
    G(" ahora es admin", ANYWHERE, 0, "admin_changed") G("Ahora eres admin", START, 0, "admin_changed")
    G(" se unió", ANYWHERE, ACTOR, "member_joined") G("Te uniste", START, OWNER, "member_joined")
    G("Añadiste a ", START, OWNER, "member_added") G("Agregaste a ", START, OWNER, "member_added")
    G(" te añadió", ANYWHERE, ACTOR, "member_added") G(" te agregó", ANYWHERE, ACTOR, "member_added")
    G(" añadió a ", ANYWHERE, ACTOR, "member_added") G(" agregó a ", ANYWHERE, ACTOR, "member_added")
    G("Se te añadió", START, 0, "member_added") G("Se añadió a ", START, 0, "member_added")
    G("Eliminaste a ", START, OWNER, "member_removed") G(" eliminó a ", ANYWHERE, ACTOR, "member_removed")
    G(" te eliminó", ANYWHERE, ACTOR, "member_removed") G(" salió del grupo", ANYWHERE, ACTOR, "member_left")
    G(" abandonó el grupo", ANYWHERE, ACTOR, "member_left") G(" salió", END, ACTOR, "member_left")
    G("Saliste", START, OWNER, "member_left")

    G("Du hast die Gruppe verlassen", START, OWNER, "member_left")
    G(" hat die Gruppe verlassen", ANYWHERE, ACTOR, "member_left") G("Du hast die Gruppe", START, OWNER, "group_created")
    G(" hat die Gruppe ", ANYWHERE, ACTOR, "group_created") G(" den Betreff ", ANYWHERE, 0, "subject_changed")
    G(" Gruppennamen ", ANYWHERE, 0, "subject_changed") G(" Gruppenbild ", ANYWHERE, 0, "icon_changed")
    G(" Gruppenbeschreibung ", ANYWHERE, 0, "description_changed")
    G("Gruppeneinstellungen", ANYWHERE, 0, "settings_changed") G(" jetzt Admin", ANYWHERE, 0, "admin_changed")
    G(" jetzt ein Admin", ANYWHERE, 0, "admin_changed") G(" beigetreten", ANYWHERE, 0, "member_joined")
    G(" wurde hinzugefügt", END, 0, "member_added") G(" wurdest hinzugefügt", END, 0, "member_added")
    G(" wurde entfernt", END, 0, "member_removed") G(" wurdest entfernt", END, 0, "member_removed")
    G(" hinzugefügt", END, 0, "member_added") G(" entfernt", END, 0, "member_removed")

    G(" criou o grupo", ANYWHERE, ACTOR, "group_created") G(" criou este grupo", ANYWHERE, ACTOR, "group_created")
    G(" o nome do grupo", ANYWHERE, 0, "subject_changed") G(" mudou o nome ", ANYWHERE, ACTOR, "subject_changed")
    G(" mudou o assunto", ANYWHERE, ACTOR, "subject_changed") G(" a imagem deste grupo", ANYWHERE, 0, "icon_changed")
    G(" a imagem do grupo", ANYWHERE, 0, "icon_changed") G("descrição do grupo", ANYWHERE, 0, "description_changed")
    G(" agora é admin", ANYWHERE, 0, "admin_changed") G(" entrou usando ", ANYWHERE, ACTOR, "member_joined")
    G(" entrou no grupo", ANYWHERE, ACTOR, "member_joined") G(" foi adicionad", ANYWHERE, 0, "member_added")
    G(" adicionou ", ANYWHERE, ACTOR, "member_added") G(" removeu ", ANYWHERE, ACTOR, "member_removed")
    G(" saiu do grupo", END, ACTOR, "member_left") G(" saiu", END, ACTOR, "member_left")

    G("Vous avez créé le groupe", START, OWNER, "group_created") G("Vous avez créé ce groupe", START, OWNER, "group_created")
    G(" a créé le groupe", ANYWHERE, ACTOR, "group_created") G(" a créé ce groupe", ANYWHERE, ACTOR, "group_created")
    G(" le sujet", ANYWHERE, 0, "subject_changed") G(" le nom du groupe", ANYWHERE, 0, "subject_changed")
    G(" l'icône du groupe", ANYWHERE, 0, "icon_changed") G(" l’icône du groupe", ANYWHERE, 0, "icon_changed")
    G(" la description du groupe", ANYWHERE, 0, "description_changed")
    G("désormais admin", ANYWHERE, 0, "admin_changed") G("maintenant admin", ANYWHERE, 0, "admin_changed")
    G(" a rejoint ", ANYWHERE, ACTOR, "member_joined") G(" a été ajouté", ANYWHERE, 0, "member_added")
    G("Vous avez été ajouté", START, 0, "member_added") G("Vous avez ajouté ", START, OWNER, "member_added")
    G(" vous a ajouté", ANYWHERE, ACTOR, "member_added") G(" a ajouté ", ANYWHERE, ACTOR, "member_added")
    G("Vous avez retiré ", START, OWNER, "member_removed") G(" a retiré ", ANYWHERE, ACTOR, "member_removed")
    G(" a été retiré", ANYWHERE, 0, "member_removed") G("Vous avez quitté", START, OWNER, "member_left")
    G(" a quitté", ANYWHERE, ACTOR, "member_left") G(" est parti", END, ACTOR, "member_left")
    G(" est partie", END, ACTOR, "member_left")

    G(" ha creato il gruppo", ANYWHERE, ACTOR, "group_created") G(" ha aggiunto ", ANYWHERE, ACTOR, "member_added")
    G(" ha rimosso ", ANYWHERE, ACTOR, "member_removed") G(" ha abbandonato", ANYWHERE, ACTOR, "member_left")
    G(" heeft de groep verlaten", END, ACTOR, "member_left") G(" heeft de groep ", ANYWHERE, ACTOR, "group_created")
    G(" toegevoegd", END, 0, "member_added")
#undef G
#undef T
};

/* "this group": the chat is one, whatever the notice says. */
static const char *const group_words[] = { "this group", "este grupo", "esta comunidad",
                                             "dieser Gruppe", "ce groupe", "questo gruppo",
                                             "deze groep", "neste grupo", "deste grupo" };

/* Calls that took place or were tried; behind them stands nothing, or ". 2 min", ", No answer". */
static const char *const call_starts[] = {
    "Voice call",      "Video call",       "Group call",      "Group voice call",
    "Group video call", "Llamada de voz",  "Videollamada",    "Sprachanruf",
    "Videoanruf",      "Chamada de voz",   "Chamada de vídeo", "Ligação de voz",
    "Ligação de vídeo", "Appel vocal",     "Appel vidéo",     "Chiamata vocale",
    "Videochiamata",   "Silenced voice call", "Silenced video call",
};
static const char *const no_answer[] = {
    "No answer", "Missed",     "Declined",     "Canceled",       "Cancelled",
    "Unanswered", "Silenced",  "Sin respuesta", "No contestada", "Rechazada",
    "Keine Antwort", "Nicht angenommen", "Abgelehnt", "Não atendida",
    "Sem resposta", "Recusada", "Sans réponse", "Pas de réponse",
    "Refusé", "Nessuna risposta",
};

/* clang-format on */

static bool contains_any(struct lm_str text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lm_str_find(text, lm_str(list[i])) != SIZE_MAX)
            return true;
    return false;
}

/* "1 hr 2 min", "45 sec": the app rounds to its largest units. -1 when no unit is known. */
static int64_t duration(struct lm_str s)
{
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = { { "hour", 3600 }, { "hr", 3600 }, { "min", 60 }, { "sec", 1 },
                  { "Std", 3600 },  { "Sek", 1 },   { "h", 3600 }, { "s", 1 } };
    int64_t total = -1;
    bool mark;
    for (size_t i = 0; i < s.n;) {
        size_t start = i;
        int64_t v = 0;
        while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && i - start < 5)
            v = v * 10 + (s.p[i++] - '0');
        if (i == start) {
            i++;
            continue;
        }
        for (size_t k; (k = lm_wa_blank(lm_str_skip(s, i), &mark)) != 0;)
            i += k;
        for (size_t u = 0; u < COUNT(units); u++) {
            if (lm_str_starts(lm_str_skip(s, i), lm_str(units[u].unit))) {
                total = (total < 0 ? 0 : total) + v * units[u].seconds;
                i += strlen(units[u].unit);
                break;
            }
        }
    }
    return total;
}

static bool call_notice(struct lm_str text, struct lm_wa_notice *n)
{
    bool mark;
    for (size_t i = 0; i < COUNT(wholes); i++) {
        /* "Missed voice call at 9:24 PM", "Missed voice call, Tap to call back" */
        if (wholes[i].kind == WHOLE_MISSED && lm_str_starts(text, wholes[i].text)) {
            n->flags = LM_EVENT_ATTEMPT;
            n->kind = LM_EVENT_CALL;
            return true;
        }
    }
    for (size_t i = 0; i < COUNT(call_starts); i++) {
        if (!lm_str_starts(text, lm_str(call_starts[i])))
            continue;
        struct lm_str rest = lm_str_skip(text, strlen(call_starts[i]));
        if (rest.n != 0 && rest.p[0] != '.' && rest.p[0] != ',' && lm_wa_blank(rest, &mark) == 0)
            continue;
        n->kind = LM_EVENT_CALL;
        if (contains_any(text, no_answer, COUNT(no_answer)))
            n->flags = LM_EVENT_ATTEMPT;
        else
            n->duration_s = duration(rest);
        return true;
    }
    return false;
}

static bool change_notice(struct lm_str text, struct lm_wa_notice *n)
{
    text = without_dot(text);
    for (size_t i = 0; i < COUNT(notices); i++) {
        struct lm_str phrase = notices[i].phrase;
        size_t at = SIZE_MAX;
        if (notices[i].place == ANYWHERE)
            at = lm_str_find(text, phrase);
        else if (notices[i].place == START ? lm_str_starts(text, phrase) : lm_str_ends(text, phrase))
            at = notices[i].place == START ? 0 : text.n - phrase.n;
        if (at == SIZE_MAX)
            continue;
        unsigned flags = notices[i].flags;
        n->kind = notices[i].kind;
        n->word = notices[i].word;
        n->english = (flags & ENGLISH) != 0;
        n->group |= (flags & GROUP) != 0;
        n->by_owner = (flags & OWNER) != 0;
        if ((flags & ACTOR) != 0) {
            n->actor = lm_wa_trim(lm_str_take(text, at));
            n->by_owner = is_owner(n->actor);
            if (n->by_owner || n->actor.n > 300)
                n->actor = (struct lm_str){ NULL, 0 };
        }
        return true;
    }
    return false;
}

bool lm_wa_notice_find(struct lm_str text, bool by_app, struct lm_wa_notice *ret)
{
    struct lm_wa_notice n = { .kind = LM_EVENT_OTHER, .duration_s = -1 };
    enum whole_kind kind;
    text = lm_wa_trim(text);
    if (whole_text(text, &kind) && (by_app || kind == WHOLE_DELETED)) {
        if (kind == WHOLE_OMITTED)
            return false;
        n.kind = kind == WHOLE_DELETED ? LM_EVENT_MESSAGE : LM_EVENT_CALL;
        n.flags = kind == WHOLE_DELETED ? LM_EVENT_DELETED : LM_EVENT_ATTEMPT;
        *ret = n;
        return true;
    }
    if (!by_app)
        return false;
    if (lm_str_starts(text, LM_STR("This message was deleted by admin"))) {
        n.kind = LM_EVENT_MESSAGE;
        n.flags = LM_EVENT_DELETED;
        *ret = n;
        return true;
    }
    n.group = contains_any(text, group_words, COUNT(group_words));
    if (call_notice(text, &n) || change_notice(text, &n) || n.group) {
        *ret = n;
        return true;
    }
    return false;
}
