/* signal_backup_schema.c - names and numbers of the fields of Signal's backups, as signalapp publishes them: Backup.proto (signalapp/Signal-Desktop
 * 09c71ad3, protos/Backups.proto) and, for what is newer, the vectors of signalapp/Signal-Message-Backup-Tests a0f90024. */
#include "readers/signal_backup.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define FIELD(number, type, own, list, name, of, words) { number, type, own, list, name, of, words }
#define PLAIN(number, type, name) FIELD(number, SBK_##type, false, false, name, NULL, NULL)
#define PLAINS(number, type, name) FIELD(number, SBK_##type, false, true, name, NULL, NULL)
#define OWN(number, type, name) FIELD(number, SBK_##type, true, false, name, NULL, NULL)
#define WORD(number, of, name) FIELD(number, SBK_ENUM, false, false, name, NULL, &of##_enum)
#define WORDS(number, of, name) FIELD(number, SBK_ENUM, false, true, name, NULL, &of##_enum)
#define NEST(number, of, name) FIELD(number, SBK_MESSAGE, false, false, name, &of, NULL)
#define NESTS(number, of, name) FIELD(number, SBK_MESSAGE, false, true, name, &of, NULL)
#define OPEN(number, of, name) FIELD(number, SBK_MESSAGE, true, false, name, &of, NULL)
#define OPENS(number, of, name) FIELD(number, SBK_MESSAGE, true, true, name, &of, NULL)
#define SPEAKS(e) static const struct sbk_enum e##_enum = { e##_words, COUNT(e##_words) }
#define HOLDS(m) { m##_fields, COUNT(m##_fields) }

static const char *const sharing_words[] = { "UNKNOWN", "EVERYBODY", "NOBODY" };
SPEAKS(sharing);
static const char *const link_color_words[] = {
    "UNKNOWN", "BLUE", "WHITE", "GREY", "OLIVE", "GREEN", "ORANGE", "PINK", "PURPLE",
};
SPEAKS(link_color);
static const char *const media_quality_words[] = { "UNKNOWN_QUALITY", "STANDARD", "HIGH" };
SPEAKS(media_quality);
static const char *const auto_download_words[] = { "UNKNOWN", "NEVER", "WIFI", "WIFI_AND_CELLULAR" };
SPEAKS(auto_download);
static const char *const app_theme_words[] = { "UNKNOWN_APP_THEME", "SYSTEM", "LIGHT", "DARK" };
SPEAKS(app_theme);
static const char *const less_data_words[] = {
    "UNKNOWN_CALL_DATA_SETTING", "NEVER", "MOBILE_DATA_ONLY", "WIFI_AND_MOBILE_DATA",
};
SPEAKS(less_data);
static const char *const bar_size_words[] = { "UNKNOWN_BAR_SIZE", "NORMAL", "COMPACT" };
SPEAKS(bar_size);
static const char *const avatar_color_words[] = {
    "A100", "A110", "A120", "A130", "A140", "A150", "A160", "A170", "A180", "A190", "A200", "A210",
};
SPEAKS(avatar_color);
static const char *const identity_state_words[] = { "DEFAULT", "VERIFIED", "UNVERIFIED" };
SPEAKS(identity_state);
static const char *const visibility_words[] = { "VISIBLE", "HIDDEN", "HIDDEN_MESSAGE_REQUEST" };
SPEAKS(visibility);
static const char *const story_send_mode_words[] = { "DEFAULT", "DISABLED", "ENABLED" };
SPEAKS(story_send_mode);
static const char *const role_words[] = { "UNKNOWN", "DEFAULT", "ADMINISTRATOR" };
SPEAKS(role);
static const char *const access_words[] = { "UNKNOWN", "ANY", "MEMBER", "ADMINISTRATOR", "UNSATISFIABLE" };
SPEAKS(access);
static const char *const restrictions_words[] = { "UNKNOWN", "NONE", "ADMIN_APPROVAL" };
SPEAKS(restrictions);
static const char *const ad_hoc_state_words[] = { "UNKNOWN_STATE", "GENERIC" };
SPEAKS(ad_hoc_state);
static const char *const privacy_mode_words[] = { "UNKNOWN", "ONLY_WITH", "ALL_EXCEPT", "ALL" };
SPEAKS(privacy_mode);
static const char *const send_failure_words[] = { "UNKNOWN", "NETWORK", "IDENTITY_KEY_MISMATCH" };
SPEAKS(send_failure);
static const char *const payment_failure_words[] = { "GENERIC", "NETWORK", "INSUFFICIENT_FUNDS" };
SPEAKS(payment_failure);
static const char *const payment_status_words[] = { "INITIAL", "SUBMITTED", "SUCCESSFUL" };
SPEAKS(payment_status);
static const char *const badge_state_words[] = { "UNOPENED", "OPENED", "REDEEMED", "FAILED" };
SPEAKS(badge_state);
static const char *const contact_type_words[] = { "UNKNOWN", "HOME", "MOBILE", "WORK", "CUSTOM" };
SPEAKS(contact_type);
static const char *const address_type_words[] = { "UNKNOWN", "HOME", "WORK", "CUSTOM" };
SPEAKS(address_type);
static const char *const attachment_flag_words[] = { "NONE", "VOICE_MESSAGE", "BORDERLESS", "GIF" };
SPEAKS(attachment_flag);
static const char *const quote_type_words[] = { "UNKNOWN", "NORMAL", "GIFT_BADGE", "VIEW_ONCE", "POLL" };
SPEAKS(quote_type);
static const char *const text_style_words[] = {
    "NONE", "BOLD", "ITALIC", "SPOILER", "STRIKETHROUGH", "MONOSPACE",
};
SPEAKS(text_style);
static const char *const call_type_words[] = { "UNKNOWN_TYPE", "AUDIO_CALL", "VIDEO_CALL" };
SPEAKS(call_type);
static const char *const call_direction_words[] = { "UNKNOWN_DIRECTION", "INCOMING", "OUTGOING" };
SPEAKS(call_direction);
static const char *const call_state_words[] = {
    "UNKNOWN_STATE", "ACCEPTED", "NOT_ACCEPTED", "MISSED", "MISSED_NOTIFICATION_PROFILE",
};
SPEAKS(call_state);
static const char *const group_call_state_words[] = {
    "UNKNOWN_STATE", "GENERIC", "JOINED", "RINGING", "ACCEPTED", "DECLINED", "MISSED",
    "MISSED_NOTIFICATION_PROFILE", "OUTGOING_RING",
};
SPEAKS(group_call_state);
static const char *const simple_type_words[] = {
    "UNKNOWN", "JOINED_SIGNAL", "IDENTITY_UPDATE", "IDENTITY_VERIFIED", "IDENTITY_DEFAULT",
    "CHANGE_NUMBER", "RELEASE_CHANNEL_DONATION_REQUEST", "END_SESSION", "CHAT_SESSION_REFRESH",
    "BAD_DECRYPT", "PAYMENTS_ACTIVATED", "PAYMENT_ACTIVATION_REQUEST", "UNSUPPORTED_PROTOCOL_MESSAGE",
    "REPORTED_SPAM", "BLOCKED", "UNBLOCKED", "MESSAGE_REQUEST_ACCEPTED",
};
SPEAKS(simple_type);
static const char *const wallpaper_words[] = {
    "UNKNOWN_WALLPAPER_PRESET", "SOLID_BLUSH", "SOLID_COPPER", "SOLID_DUST", "SOLID_CELADON",
    "SOLID_RAINFOREST", "SOLID_PACIFIC", "SOLID_FROST", "SOLID_NAVY", "SOLID_LILAC", "SOLID_PINK",
    "SOLID_EGGPLANT", "SOLID_SILVER", "GRADIENT_SUNSET", "GRADIENT_NOIR", "GRADIENT_HEATMAP",
    "GRADIENT_AQUA", "GRADIENT_IRIDESCENT", "GRADIENT_MONSTERA", "GRADIENT_BLISS", "GRADIENT_SKY",
    "GRADIENT_PEACH",
};
SPEAKS(wallpaper);
static const char *const bubble_color_words[] = {
    "UNKNOWN_BUBBLE_COLOR_PRESET", "SOLID_ULTRAMARINE", "SOLID_CRIMSON", "SOLID_VERMILION", "SOLID_BURLAP",
    "SOLID_FOREST", "SOLID_WINTERGREEN", "SOLID_TEAL", "SOLID_BLUE", "SOLID_INDIGO", "SOLID_VIOLET",
    "SOLID_PLUM", "SOLID_TAUPE", "SOLID_STEEL", "GRADIENT_EMBER", "GRADIENT_MIDNIGHT", "GRADIENT_INFRARED",
    "GRADIENT_LAGOON", "GRADIENT_FLUORESCENT", "GRADIENT_BASIL", "GRADIENT_SUBLIME", "GRADIENT_SEA",
    "GRADIENT_TANGERINE",
};
SPEAKS(bubble_color);
static const char *const day_words[] = {
    "UNKNOWN", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY",
};
SPEAKS(day);
static const char *const folder_type_words[] = { "UNKNOWN", "ALL", "CUSTOM" };
SPEAKS(folder_type);

/* messages that others have in them */
static const struct sbk_message username_link, auto_settings, account_settings, subscriber, iap_subscriber, android_settings, account,
    recipient, nothing, not_registered, contact_name, contact, attribute_blob, member, pending_member,
    asking_member, banned_member, access_control, snapshot, group, self, call_link, list, list_item, chat,
    ad_hoc_call, incoming, send_sealed, send_failed, send_status, outgoing, pin_details, revision,
    chat_item, text, standard_message, contact_message, text_reply, story_reply, txo, failed_payment,
    transaction, transaction_details, payment, gift_badge, view_once, card_name, card_phone, card_address,
    contact_attachment, sticker_message, sticker, link_preview, message_attachment, locator_info,
    file_pointer, quoted_attachment, quote, body_range, reaction, poll_vote, poll_option, poll,
    timer_change, profile_change, learned_profile, thread_merge, switchover, poll_end, pin_message,
    group_change, by_updater, group_name, group_avatar, group_description, access_level, announcement_only,
    admin_status, member_left, member_removed, by_inviter, invited_other, unknown_invitee, accepted,
    declined, new_member, member_added, by_revoker, invitee, revoked, by_requestor, approval,
    request_sequence, link_changed, invited_count, dropped_count, group_timer, sticker_pack, gradient,
    custom_color, chat_style, notification_profile, chat_folder;

static const struct sbk_field backup_info_fields[] = {
    PLAIN(1, UINT, "version"), OWN(2, UINT, "backupTimeMs"), PLAIN(3, BYTES, "mediaRootBackupKey"),
    PLAIN(4, STRING, "currentAppVersion"), PLAIN(5, STRING, "firstAppVersion"),
    PLAIN(6, BYTES, "debugInfo"),
};
const struct sbk_message sbk_backup_info = HOLDS(backup_info);
static const struct sbk_field frame_fields[] = {
    NEST(1, account, "account"), NEST(2, recipient, "recipient"), NEST(3, chat, "chat"),
    NEST(4, chat_item, "chatItem"), NEST(5, sticker_pack, "stickerPack"),
    NEST(6, ad_hoc_call, "adHocCall"), NEST(7, notification_profile, "notificationProfile"),
    NEST(8, chat_folder, "chatFolder"),
};
const struct sbk_message sbk_frame = HOLDS(frame);
static const struct sbk_field username_link_fields[] = {
    PLAIN(1, BYTES, "entropy"), PLAIN(2, BYTES, "serverId"), WORD(3, link_color, "color"),
};
static const struct sbk_message username_link = HOLDS(username_link);
static const struct sbk_field auto_settings_fields[] = {
    WORD(1, auto_download, "images"), WORD(2, auto_download, "audio"), WORD(3, auto_download, "video"),
    WORD(4, auto_download, "documents"),
};
static const struct sbk_message auto_settings = HOLDS(auto_settings);
static const struct sbk_field account_settings_fields[] = {
    PLAIN(1, BOOL, "readReceipts"), PLAIN(2, BOOL, "sealedSenderIndicators"),
    PLAIN(3, BOOL, "typingIndicators"), PLAIN(4, BOOL, "linkPreviews"),
    PLAIN(5, BOOL, "notDiscoverableByPhoneNumber"), PLAIN(6, BOOL, "preferContactAvatars"),
    PLAIN(7, UINT, "universalExpireTimerSeconds"), PLAINS(8, STRING, "preferredReactionEmoji"),
    PLAIN(9, BOOL, "displayBadgesOnProfile"), PLAIN(10, BOOL, "keepMutedChatsArchived"),
    PLAIN(11, BOOL, "hasSetMyStoriesPrivacy"), PLAIN(12, BOOL, "hasViewedOnboardingStory"),
    PLAIN(13, BOOL, "storiesDisabled"), PLAIN(14, BOOL, "storyViewReceiptsEnabled"),
    PLAIN(15, BOOL, "hasSeenGroupStoryEducationSheet"), PLAIN(16, BOOL, "hasCompletedUsernameOnboarding"),
    WORD(17, sharing, "phoneNumberSharingMode"), NEST(18, chat_style, "defaultChatStyle"),
    NESTS(19, custom_color, "customChatColors"), PLAIN(20, BOOL, "optimizeOnDeviceStorage"),
    PLAIN(21, UINT, "backupTier"), WORD(23, media_quality, "defaultSentMediaQuality"),
    NEST(24, auto_settings, "autoDownloadSettings"), PLAIN(26, UINT, "screenLockTimeoutMinutes"),
    PLAIN(27, BOOL, "pinReminders"), WORD(28, app_theme, "appTheme"),
    WORD(29, less_data, "callsUseLessDataSetting"), PLAIN(30, BOOL, "allowSealedSenderFromAnyone"),
    PLAIN(31, BOOL, "allowAutomaticKeyVerification"),
};
static const struct sbk_message account_settings = HOLDS(account_settings);
static const struct sbk_field subscriber_fields[] = {
    PLAIN(1, BYTES, "subscriberId"), PLAIN(2, STRING, "currencyCode"), PLAIN(3, BOOL, "manuallyCancelled"),
};
static const struct sbk_message subscriber = HOLDS(subscriber);
static const struct sbk_field iap_subscriber_fields[] = {
    PLAIN(1, BYTES, "subscriberId"), PLAIN(2, STRING, "purchaseToken"),
    PLAIN(3, UINT, "originalTransactionId"),
};
static const struct sbk_message iap_subscriber = HOLDS(iap_subscriber);
static const struct sbk_field android_settings_fields[] = {
    PLAIN(1, BOOL, "useSystemEmoji"), PLAIN(2, BOOL, "screenshotSecurity"),
    WORD(3, bar_size, "navigationBarSize"),
};
static const struct sbk_message android_settings = HOLDS(android_settings);
static const struct sbk_field account_fields[] = {
    PLAIN(1, BYTES, "profileKey"), OWN(2, STRING, "username"), NEST(3, username_link, "usernameLink"),
    PLAIN(4, STRING, "givenName"), PLAIN(5, STRING, "familyName"), PLAIN(6, STRING, "avatarUrlPath"),
    NEST(7, subscriber, "donationSubscriberData"), NEST(9, account_settings, "accountSettings"),
    NEST(10, iap_subscriber, "backupsSubscriberData"), PLAIN(11, STRING, "svrPin"),
    NEST(12, android_settings, "androidSpecificSettings"), PLAIN(13, STRING, "bioText"),
    PLAIN(14, STRING, "bioEmoji"),
};
static const struct sbk_message account = HOLDS(account);
static const struct sbk_field recipient_fields[] = {
    PLAIN(1, UINT, "id"), NEST(2, contact, "contact"), NEST(3, group, "group"),
    NEST(4, list_item, "distributionList"), NEST(5, self, "self"), NEST(6, nothing, "releaseNotes"),
    NEST(7, call_link, "callLink"),
};
static const struct sbk_message recipient = HOLDS(recipient);
static const struct sbk_message nothing = { NULL, 0 };
static const struct sbk_field not_registered_fields[] = { PLAIN(1, UINT, "unregisteredTimestamp") };
static const struct sbk_message not_registered = HOLDS(not_registered);
static const struct sbk_field contact_name_fields[] = {
    PLAIN(1, STRING, "given"), PLAIN(2, STRING, "family"),
};
static const struct sbk_message contact_name = HOLDS(contact_name);
static const struct sbk_field contact_fields[] = {
    OWN(1, BYTES, "aci"), OWN(2, BYTES, "pni"), OWN(3, STRING, "username"), OWN(4, UINT, "e164"),
    PLAIN(5, BOOL, "blocked"), WORD(6, visibility, "visibility"), NEST(7, nothing, "registered"),
    NEST(8, not_registered, "notRegistered"), PLAIN(9, BYTES, "profileKey"),
    PLAIN(10, BOOL, "profileSharing"), PLAIN(11, STRING, "profileGivenName"),
    PLAIN(12, STRING, "profileFamilyName"), PLAIN(13, BOOL, "hideStory"), PLAIN(14, BYTES, "identityKey"),
    WORD(15, identity_state, "identityState"), NEST(16, contact_name, "nickname"),
    PLAIN(17, STRING, "note"), PLAIN(18, STRING, "systemGivenName"), PLAIN(19, STRING, "systemFamilyName"),
    PLAIN(20, STRING, "systemNickname"), WORD(21, avatar_color, "avatarColor"),
};
static const struct sbk_message contact = HOLDS(contact);
static const struct sbk_field attribute_blob_fields[] = {
    PLAIN(1, STRING, "title"), PLAIN(2, BYTES, "avatar"), PLAIN(3, UINT, "disappearingMessagesDuration"),
    PLAIN(4, STRING, "descriptionText"),
};
static const struct sbk_message attribute_blob = HOLDS(attribute_blob);
static const struct sbk_field member_fields[] = {
    PLAIN(1, BYTES, "userId"), WORD(2, role, "role"), PLAIN(5, UINT, "joinedAtVersion"),
    PLAIN(6, STRING, "labelEmoji"), PLAIN(7, STRING, "labelString"),
};
static const struct sbk_message member = HOLDS(member);
static const struct sbk_field pending_member_fields[] = {
    NEST(1, member, "member"), PLAIN(2, BYTES, "addedByUserId"), PLAIN(3, UINT, "timestamp"),
};
static const struct sbk_message pending_member = HOLDS(pending_member);
static const struct sbk_field asking_member_fields[] = {
    PLAIN(1, BYTES, "userId"), PLAIN(4, UINT, "timestamp"),
};
static const struct sbk_message asking_member = HOLDS(asking_member);
static const struct sbk_field banned_member_fields[] = {
    PLAIN(1, BYTES, "userId"), PLAIN(2, UINT, "timestamp"),
};
static const struct sbk_message banned_member = HOLDS(banned_member);
static const struct sbk_field access_control_fields[] = {
    WORD(1, access, "attributes"), WORD(2, access, "members"), WORD(3, access, "addFromInviteLink"),
    WORD(4, access, "memberLabel"),
};
static const struct sbk_message access_control = HOLDS(access_control);
static const struct sbk_field snapshot_fields[] = {
    NEST(2, attribute_blob, "title"), PLAIN(3, STRING, "avatarUrl"),
    NEST(4, attribute_blob, "disappearingMessagesTimer"), NEST(5, access_control, "accessControl"),
    PLAIN(6, UINT, "version"), NESTS(7, member, "members"),
    NESTS(8, pending_member, "membersPendingProfileKey"),
    NESTS(9, asking_member, "membersPendingAdminApproval"), PLAIN(10, BYTES, "inviteLinkPassword"),
    NEST(11, attribute_blob, "description"), PLAIN(12, BOOL, "announcementsOnly"),
    NESTS(13, banned_member, "membersBanned"), PLAIN(14, BOOL, "terminated"),
};
static const struct sbk_message snapshot = HOLDS(snapshot);
static const struct sbk_field group_fields[] = {
    PLAIN(1, BYTES, "masterKey"), PLAIN(2, BOOL, "whitelisted"), PLAIN(3, BOOL, "hideStory"),
    WORD(4, story_send_mode, "storySendMode"), NEST(5, snapshot, "snapshot"), PLAIN(6, BOOL, "blocked"),
    WORD(7, avatar_color, "avatarColor"),
};
static const struct sbk_message group = HOLDS(group);
static const struct sbk_field self_fields[] = { WORD(1, avatar_color, "avatarColor") };
static const struct sbk_message self = HOLDS(self);
static const struct sbk_field call_link_fields[] = {
    PLAIN(1, BYTES, "rootKey"), PLAIN(2, BYTES, "adminKey"), PLAIN(3, STRING, "name"),
    WORD(4, restrictions, "restrictions"), PLAIN(5, UINT, "expirationMs"), PLAIN(6, BYTES, "epoch"),
};
static const struct sbk_message call_link = HOLDS(call_link);
static const struct sbk_field list_fields[] = {
    PLAIN(1, STRING, "name"), PLAIN(2, BOOL, "allowReplies"), WORD(3, privacy_mode, "privacyMode"),
    PLAINS(4, UINT, "memberRecipientIds"),
};
static const struct sbk_message list = HOLDS(list);
static const struct sbk_field list_item_fields[] = {
    PLAIN(1, BYTES, "distributionId"), PLAIN(2, UINT, "deletionTimestamp"),
    NEST(3, list, "distributionList"),
};
static const struct sbk_message list_item = HOLDS(list_item);
static const struct sbk_field chat_fields[] = {
    PLAIN(1, UINT, "id"), PLAIN(2, UINT, "recipientId"), PLAIN(3, BOOL, "archived"),
    PLAIN(4, UINT, "pinnedOrder"), PLAIN(5, UINT, "expirationTimerMs"), PLAIN(6, UINT, "muteUntilMs"),
    PLAIN(7, BOOL, "markedUnread"), PLAIN(8, BOOL, "dontNotifyForMentionsIfMuted"),
    NEST(9, chat_style, "style"), PLAIN(10, UINT, "expireTimerVersion"),
};
static const struct sbk_message chat = HOLDS(chat);
static const struct sbk_field ad_hoc_call_fields[] = {
    OWN(1, UINT, "callId"), PLAIN(2, UINT, "recipientId"), WORD(3, ad_hoc_state, "state"),
    OWN(4, UINT, "callTimestamp"),
};
static const struct sbk_message ad_hoc_call = HOLDS(ad_hoc_call);
static const struct sbk_field incoming_fields[] = {
    PLAIN(1, UINT, "dateReceived"), PLAIN(2, UINT, "dateServerSent"), PLAIN(3, BOOL, "read"),
    PLAIN(4, BOOL, "sealedSender"),
};
static const struct sbk_message incoming = HOLDS(incoming);
static const struct sbk_field send_sealed_fields[] = { PLAIN(1, BOOL, "sealedSender") };
static const struct sbk_message send_sealed = HOLDS(send_sealed);
static const struct sbk_field send_failed_fields[] = { WORD(1, send_failure, "reason") };
static const struct sbk_message send_failed = HOLDS(send_failed);
static const struct sbk_field send_status_fields[] = {
    PLAIN(1, UINT, "recipientId"), PLAIN(2, UINT, "timestamp"), NEST(3, nothing, "pending"),
    NEST(4, send_sealed, "sent"), NEST(5, send_sealed, "delivered"), NEST(6, send_sealed, "read"),
    NEST(7, send_sealed, "viewed"), NEST(8, nothing, "skipped"), NEST(9, send_failed, "failed"),
};
static const struct sbk_message send_status = HOLDS(send_status);
static const struct sbk_field outgoing_fields[] = {
    NESTS(1, send_status, "sendStatus"), PLAIN(2, UINT, "dateReceived"),
};
static const struct sbk_message outgoing = HOLDS(outgoing);
static const struct sbk_field pin_details_fields[] = {
    PLAIN(1, UINT, "pinnedAtTimestamp"), PLAIN(2, UINT, "pinExpiresAtTimestamp"),
    PLAIN(3, BOOL, "pinNeverExpires"),
};
static const struct sbk_message pin_details = HOLDS(pin_details);
static const struct sbk_field revision_fields[] = {
    PLAIN(1, UINT, "chatId"), PLAIN(2, UINT, "authorId"), PLAIN(3, UINT, "dateSent"),
    PLAIN(4, UINT, "expireStartDate"), PLAIN(5, UINT, "expiresInMs"), NESTS(6, revision, "revisions"),
    PLAIN(7, BOOL, "sms"), NEST(8, incoming, "incoming"), NEST(9, outgoing, "outgoing"),
    NEST(10, nothing, "directionless"), NEST(11, standard_message, "standardMessage"),
    NEST(12, contact_message, "contactMessage"), NEST(13, sticker_message, "stickerMessage"),
    NEST(14, nothing, "remoteDeletedMessage"), NEST(15, sbk_chat_update, "updateMessage"),
    NEST(16, payment, "paymentNotification"), NEST(17, gift_badge, "giftBadge"),
    NEST(18, view_once, "viewOnceMessage"), NEST(19, story_reply, "directStoryReplyMessage"),
    NEST(20, poll, "poll"), NEST(21, pin_details, "pinDetails"),
};
static const struct sbk_message revision = HOLDS(revision);
static const struct sbk_field chat_item_fields[] = {
    PLAIN(1, UINT, "chatId"), PLAIN(2, UINT, "authorId"), PLAIN(3, UINT, "dateSent"),
    PLAIN(4, UINT, "expireStartDate"), PLAIN(5, UINT, "expiresInMs"), NESTS(6, revision, "revisions"),
    PLAIN(7, BOOL, "sms"), NEST(8, incoming, "incoming"), NEST(9, outgoing, "outgoing"),
    NEST(10, nothing, "directionless"), OPEN(11, standard_message, "standardMessage"),
    OPEN(12, contact_message, "contactMessage"), OPEN(13, sticker_message, "stickerMessage"),
    NEST(14, nothing, "remoteDeletedMessage"), OPEN(15, sbk_chat_update, "updateMessage"),
    OPEN(16, payment, "paymentNotification"), NEST(17, gift_badge, "giftBadge"),
    OPEN(18, view_once, "viewOnceMessage"), OPEN(19, story_reply, "directStoryReplyMessage"),
    OPEN(20, poll, "poll"), NEST(21, pin_details, "pinDetails"),
};
static const struct sbk_message chat_item = HOLDS(chat_item);
static const struct sbk_field text_fields[] = { OWN(1, STRING, "body"), NESTS(2, body_range, "bodyRanges") };
static const struct sbk_message text = HOLDS(text);
static const struct sbk_field standard_message_fields[] = {
    NEST(1, quote, "quote"), OPEN(2, text, "text"), OPENS(3, message_attachment, "attachments"),
    NESTS(4, link_preview, "linkPreview"), NEST(5, file_pointer, "longText"),
    OPENS(6, reaction, "reactions"),
};
static const struct sbk_message standard_message = HOLDS(standard_message);
static const struct sbk_field contact_message_fields[] = {
    NEST(1, contact_attachment, "contact"), OPENS(2, reaction, "reactions"),
};
static const struct sbk_message contact_message = HOLDS(contact_message);
static const struct sbk_field text_reply_fields[] = {
    OPEN(1, text, "text"), NEST(2, file_pointer, "longText"),
};
static const struct sbk_message text_reply = HOLDS(text_reply);
static const struct sbk_field story_reply_fields[] = {
    OPEN(1, text_reply, "textReply"), OWN(2, STRING, "emoji"), OPENS(3, reaction, "reactions"),
};
static const struct sbk_message story_reply = HOLDS(story_reply);
static const struct sbk_field txo_fields[] = { PLAINS(1, BYTES, "publicKey"), PLAINS(2, BYTES, "keyImages") };
static const struct sbk_message txo = HOLDS(txo);
static const struct sbk_field failed_payment_fields[] = { WORD(1, payment_failure, "reason") };
static const struct sbk_message failed_payment = HOLDS(failed_payment);
static const struct sbk_field transaction_fields[] = {
    WORD(1, payment_status, "status"), NEST(2, txo, "mobileCoinIdentification"),
    PLAIN(3, UINT, "timestamp"), PLAIN(4, UINT, "blockIndex"), PLAIN(5, UINT, "blockTimestamp"),
    PLAIN(6, BYTES, "transaction"), PLAIN(7, BYTES, "receipt"),
};
static const struct sbk_message transaction = HOLDS(transaction);
static const struct sbk_field transaction_details_fields[] = {
    NEST(1, transaction, "transaction"), NEST(2, failed_payment, "failedTransaction"),
};
static const struct sbk_message transaction_details = HOLDS(transaction_details);
static const struct sbk_field payment_fields[] = {
    PLAIN(1, STRING, "amountMob"), PLAIN(2, STRING, "feeMob"), OWN(3, STRING, "note"),
    NEST(4, transaction_details, "transactionDetails"),
};
static const struct sbk_message payment = HOLDS(payment);
static const struct sbk_field gift_badge_fields[] = {
    PLAIN(1, BYTES, "receiptCredentialPresentation"), WORD(2, badge_state, "state"),
};
static const struct sbk_message gift_badge = HOLDS(gift_badge);
static const struct sbk_field view_once_fields[] = {
    OPEN(1, message_attachment, "attachment"), OPENS(2, reaction, "reactions"),
};
static const struct sbk_message view_once = HOLDS(view_once);
static const struct sbk_field card_name_fields[] = {
    PLAIN(1, STRING, "givenName"), PLAIN(2, STRING, "familyName"), PLAIN(3, STRING, "prefix"),
    PLAIN(4, STRING, "suffix"), PLAIN(5, STRING, "middleName"), PLAIN(6, STRING, "nickname"),
};
static const struct sbk_message card_name = HOLDS(card_name);
static const struct sbk_field card_phone_fields[] = {
    PLAIN(1, STRING, "value"), WORD(2, contact_type, "type"), PLAIN(3, STRING, "label"),
};
static const struct sbk_message card_phone = HOLDS(card_phone);
static const struct sbk_field card_address_fields[] = {
    WORD(1, address_type, "type"), PLAIN(2, STRING, "label"), PLAIN(3, STRING, "street"),
    PLAIN(4, STRING, "pobox"), PLAIN(5, STRING, "neighborhood"), PLAIN(6, STRING, "city"),
    PLAIN(7, STRING, "region"), PLAIN(8, STRING, "postcode"), PLAIN(9, STRING, "country"),
};
static const struct sbk_message card_address = HOLDS(card_address);
static const struct sbk_field contact_attachment_fields[] = {
    NEST(1, card_name, "name"), NESTS(3, card_phone, "number"), NESTS(4, card_phone, "email"),
    NESTS(5, card_address, "address"), NEST(6, file_pointer, "avatar"), PLAIN(7, STRING, "organization"),
};
static const struct sbk_message contact_attachment = HOLDS(contact_attachment);
static const struct sbk_field sticker_message_fields[] = {
    NEST(1, sticker, "sticker"), OPENS(2, reaction, "reactions"),
};
static const struct sbk_message sticker_message = HOLDS(sticker_message);
static const struct sbk_field sticker_fields[] = {
    PLAIN(1, BYTES, "packId"), PLAIN(2, BYTES, "packKey"), PLAIN(3, UINT, "stickerId"),
    PLAIN(4, STRING, "emoji"), NEST(5, file_pointer, "data"),
};
static const struct sbk_message sticker = HOLDS(sticker);
static const struct sbk_field link_preview_fields[] = {
    PLAIN(1, STRING, "url"), PLAIN(2, STRING, "title"), NEST(3, file_pointer, "image"),
    PLAIN(4, STRING, "description"), PLAIN(5, UINT, "date"),
};
static const struct sbk_message link_preview = HOLDS(link_preview);
static const struct sbk_field message_attachment_fields[] = {
    OPEN(1, file_pointer, "pointer"), WORD(2, attachment_flag, "flag"), PLAIN(3, BOOL, "wasDownloaded"),
    PLAIN(4, BYTES, "clientUuid"),
};
static const struct sbk_message message_attachment = HOLDS(message_attachment);
static const struct sbk_field locator_info_fields[] = {
    PLAIN(1, BYTES, "key"), OWN(3, UINT, "size"), PLAIN(4, STRING, "transitCdnKey"),
    PLAIN(5, UINT, "transitCdnNumber"), PLAIN(6, UINT, "transitTierUploadTimestamp"),
    PLAIN(7, UINT, "mediaTierCdnNumber"), PLAIN(9, BYTES, "localKey"), PLAIN(10, BYTES, "plaintextHash"),
    PLAIN(11, BYTES, "encryptedDigest"),
};
static const struct sbk_message locator_info = HOLDS(locator_info);
static const struct sbk_field file_pointer_fields[] = {
    OWN(4, STRING, "contentType"), PLAIN(5, BYTES, "incrementalMac"),
    PLAIN(6, UINT, "incrementalMacChunkSize"), OWN(7, STRING, "fileName"), PLAIN(8, UINT, "width"),
    PLAIN(9, UINT, "height"), PLAIN(10, STRING, "caption"), PLAIN(11, STRING, "blurHash"),
    OPEN(13, locator_info, "locatorInfo"),
};
static const struct sbk_message file_pointer = HOLDS(file_pointer);
static const struct sbk_field quoted_attachment_fields[] = {
    PLAIN(1, STRING, "contentType"), PLAIN(2, STRING, "fileName"),
    NEST(3, message_attachment, "thumbnail"),
};
static const struct sbk_message quoted_attachment = HOLDS(quoted_attachment);
static const struct sbk_field quote_fields[] = {
    PLAIN(1, UINT, "targetSentTimestamp"), PLAIN(2, UINT, "authorId"), NEST(3, text, "text"),
    NESTS(4, quoted_attachment, "attachments"), WORD(5, quote_type, "type"),
};
static const struct sbk_message quote = HOLDS(quote);
static const struct sbk_field body_range_fields[] = {
    PLAIN(1, UINT, "start"), PLAIN(2, UINT, "length"), PLAIN(3, BYTES, "mentionAci"),
    WORD(4, text_style, "style"),
};
static const struct sbk_message body_range = HOLDS(body_range);
static const struct sbk_field reaction_fields[] = {
    OWN(1, STRING, "emoji"), PLAIN(2, UINT, "authorId"), PLAIN(3, UINT, "sentTimestamp"),
    PLAIN(4, UINT, "sortOrder"),
};
static const struct sbk_message reaction = HOLDS(reaction);
static const struct sbk_field poll_vote_fields[] = { PLAIN(1, UINT, "voterId"), PLAIN(2, UINT, "voteCount") };
static const struct sbk_message poll_vote = HOLDS(poll_vote);
static const struct sbk_field poll_option_fields[] = {
    PLAIN(1, STRING, "option"), NESTS(2, poll_vote, "votes"),
};
static const struct sbk_message poll_option = HOLDS(poll_option);
static const struct sbk_field poll_fields[] = {
    OWN(1, STRING, "question"), PLAIN(2, BOOL, "allowMultiple"), NESTS(3, poll_option, "options"),
    PLAIN(4, BOOL, "hasEnded"), OPENS(5, reaction, "reactions"),
};
static const struct sbk_message poll = HOLDS(poll);
static const struct sbk_field chat_update_fields[] = {
    NEST(1, sbk_simple_update, "simpleUpdate"), NEST(2, group_change, "groupChange"),
    NEST(3, timer_change, "expirationTimerChange"), NEST(4, profile_change, "profileChange"),
    NEST(5, thread_merge, "threadMerge"), NEST(6, switchover, "sessionSwitchover"),
    OPEN(7, sbk_individual_call, "individualCall"), OPEN(8, sbk_group_call, "groupCall"),
    NEST(9, learned_profile, "learnedProfileChange"), NEST(10, poll_end, "pollTerminate"),
    NEST(11, pin_message, "pinMessage"),
};
const struct sbk_message sbk_chat_update = HOLDS(chat_update);
static const struct sbk_field individual_call_fields[] = {
    OWN(1, UINT, "callId"), WORD(2, call_type, "type"), WORD(3, call_direction, "direction"),
    WORD(4, call_state, "state"), OWN(5, UINT, "startedCallTimestamp"), PLAIN(6, BOOL, "read"),
};
const struct sbk_message sbk_individual_call = HOLDS(individual_call);
static const struct sbk_field group_call_fields[] = {
    OWN(1, UINT, "callId"), WORD(2, group_call_state, "state"), PLAIN(3, UINT, "ringerRecipientId"),
    PLAIN(4, UINT, "startedCallRecipientId"), OWN(5, UINT, "startedCallTimestamp"),
    PLAIN(6, UINT, "endedCallTimestamp"), PLAIN(7, BOOL, "read"),
};
const struct sbk_message sbk_group_call = HOLDS(group_call);
static const struct sbk_field simple_update_fields[] = { WORD(1, simple_type, "type") };
const struct sbk_message sbk_simple_update = HOLDS(simple_update);
static const struct sbk_field timer_change_fields[] = { PLAIN(1, UINT, "expiresInMs") };
static const struct sbk_message timer_change = HOLDS(timer_change);
static const struct sbk_field profile_change_fields[] = {
    PLAIN(1, STRING, "previousName"), PLAIN(2, STRING, "newName"),
};
static const struct sbk_message profile_change = HOLDS(profile_change);
static const struct sbk_field learned_profile_fields[] = {
    PLAIN(1, UINT, "e164"), PLAIN(2, STRING, "username"),
};
static const struct sbk_message learned_profile = HOLDS(learned_profile);
static const struct sbk_field thread_merge_fields[] = { PLAIN(1, UINT, "previousE164") };
static const struct sbk_message thread_merge = HOLDS(thread_merge);
static const struct sbk_field switchover_fields[] = { PLAIN(1, UINT, "e164") };
static const struct sbk_message switchover = HOLDS(switchover);
static const struct sbk_field poll_end_fields[] = {
    PLAIN(1, UINT, "targetSentTimestamp"), PLAIN(2, STRING, "question"),
};
static const struct sbk_message poll_end = HOLDS(poll_end);
static const struct sbk_field pin_message_fields[] = {
    PLAIN(1, UINT, "targetSentTimestamp"), PLAIN(2, UINT, "authorId"),
};
static const struct sbk_message pin_message = HOLDS(pin_message);
static const struct sbk_field group_change_fields[] = { NESTS(1, sbk_group_update, "updates") };
static const struct sbk_message group_change = HOLDS(group_change);
static const struct sbk_field group_update_fields[] = {
    NEST(1, by_updater, "genericGroupUpdate"), NEST(2, by_updater, "groupCreationUpdate"),
    NEST(3, group_name, "groupNameUpdate"), NEST(4, group_avatar, "groupAvatarUpdate"),
    NEST(5, group_description, "groupDescriptionUpdate"),
    NEST(6, access_level, "groupMembershipAccessLevelChangeUpdate"),
    NEST(7, access_level, "groupAttributesAccessLevelChangeUpdate"),
    NEST(8, announcement_only, "groupAnnouncementOnlyChangeUpdate"),
    NEST(9, admin_status, "groupAdminStatusUpdate"), NEST(10, member_left, "groupMemberLeftUpdate"),
    NEST(11, member_removed, "groupMemberRemovedUpdate"), NEST(12, by_inviter, "selfInvitedToGroupUpdate"),
    NEST(13, invited_other, "selfInvitedOtherUserToGroupUpdate"),
    NEST(14, unknown_invitee, "groupUnknownInviteeUpdate"),
    NEST(15, accepted, "groupInvitationAcceptedUpdate"),
    NEST(16, declined, "groupInvitationDeclinedUpdate"), NEST(17, new_member, "groupMemberJoinedUpdate"),
    NEST(18, member_added, "groupMemberAddedUpdate"),
    NEST(19, by_revoker, "groupSelfInvitationRevokedUpdate"),
    NEST(20, revoked, "groupInvitationRevokedUpdate"), NEST(21, by_requestor, "groupJoinRequestUpdate"),
    NEST(22, approval, "groupJoinRequestApprovalUpdate"),
    NEST(23, by_requestor, "groupJoinRequestCanceledUpdate"),
    NEST(24, by_updater, "groupInviteLinkResetUpdate"),
    NEST(25, link_changed, "groupInviteLinkEnabledUpdate"),
    NEST(26, link_changed, "groupInviteLinkAdminApprovalUpdate"),
    NEST(27, by_updater, "groupInviteLinkDisabledUpdate"),
    NEST(28, new_member, "groupMemberJoinedByLinkUpdate"), NEST(29, nothing, "groupV2MigrationUpdate"),
    NEST(30, nothing, "groupV2MigrationSelfInvitedUpdate"),
    NEST(31, invited_count, "groupV2MigrationInvitedMembersUpdate"),
    NEST(32, dropped_count, "groupV2MigrationDroppedMembersUpdate"),
    NEST(33, request_sequence, "groupSequenceOfRequestsAndCancelsUpdate"),
    NEST(34, group_timer, "groupExpirationTimerUpdate"),
};
const struct sbk_message sbk_group_update = HOLDS(group_update);
static const struct sbk_field by_updater_fields[] = { PLAIN(1, BYTES, "updaterAci") };
static const struct sbk_message by_updater = HOLDS(by_updater);
static const struct sbk_field group_name_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, STRING, "newGroupName"),
};
static const struct sbk_message group_name = HOLDS(group_name);
static const struct sbk_field group_avatar_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, BOOL, "wasRemoved"),
};
static const struct sbk_message group_avatar = HOLDS(group_avatar);
static const struct sbk_field group_description_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, STRING, "newDescription"),
};
static const struct sbk_message group_description = HOLDS(group_description);
static const struct sbk_field access_level_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), WORD(2, access, "accessLevel"),
};
static const struct sbk_message access_level = HOLDS(access_level);
static const struct sbk_field announcement_only_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, BOOL, "isAnnouncementOnly"),
};
static const struct sbk_message announcement_only = HOLDS(announcement_only);
static const struct sbk_field admin_status_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, BYTES, "memberAci"), PLAIN(3, BOOL, "wasAdminStatusGranted"),
};
static const struct sbk_message admin_status = HOLDS(admin_status);
static const struct sbk_field member_left_fields[] = { PLAIN(1, BYTES, "aci") };
static const struct sbk_message member_left = HOLDS(member_left);
static const struct sbk_field member_removed_fields[] = {
    PLAIN(1, BYTES, "removerAci"), PLAIN(2, BYTES, "removedAci"),
};
static const struct sbk_message member_removed = HOLDS(member_removed);
static const struct sbk_field by_inviter_fields[] = { PLAIN(1, BYTES, "inviterAci") };
static const struct sbk_message by_inviter = HOLDS(by_inviter);
static const struct sbk_field invited_other_fields[] = { PLAIN(1, BYTES, "inviteeServiceId") };
static const struct sbk_message invited_other = HOLDS(invited_other);
static const struct sbk_field unknown_invitee_fields[] = {
    PLAIN(1, BYTES, "inviterAci"), PLAIN(2, UINT, "inviteeCount"),
};
static const struct sbk_message unknown_invitee = HOLDS(unknown_invitee);
static const struct sbk_field accepted_fields[] = {
    PLAIN(1, BYTES, "inviterAci"), PLAIN(2, BYTES, "newMemberAci"),
};
static const struct sbk_message accepted = HOLDS(accepted);
static const struct sbk_field declined_fields[] = {
    PLAIN(1, BYTES, "inviterAci"), PLAIN(2, BYTES, "inviteeAci"),
};
static const struct sbk_message declined = HOLDS(declined);
static const struct sbk_field new_member_fields[] = { PLAIN(1, BYTES, "newMemberAci") };
static const struct sbk_message new_member = HOLDS(new_member);
static const struct sbk_field member_added_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, BYTES, "newMemberAci"), PLAIN(3, BOOL, "hadOpenInvitation"),
    PLAIN(4, BYTES, "inviterAci"),
};
static const struct sbk_message member_added = HOLDS(member_added);
static const struct sbk_field by_revoker_fields[] = { PLAIN(1, BYTES, "revokerAci") };
static const struct sbk_message by_revoker = HOLDS(by_revoker);
static const struct sbk_field invitee_fields[] = {
    PLAIN(1, BYTES, "inviterAci"), PLAIN(2, BYTES, "inviteeAci"), PLAIN(3, BYTES, "inviteePni"),
};
static const struct sbk_message invitee = HOLDS(invitee);
static const struct sbk_field revoked_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), NESTS(2, invitee, "invitees"),
};
static const struct sbk_message revoked = HOLDS(revoked);
static const struct sbk_field by_requestor_fields[] = { PLAIN(1, BYTES, "requestorAci") };
static const struct sbk_message by_requestor = HOLDS(by_requestor);
static const struct sbk_field approval_fields[] = {
    PLAIN(1, BYTES, "requestorAci"), PLAIN(2, BYTES, "updaterAci"), PLAIN(3, BOOL, "wasApproved"),
};
static const struct sbk_message approval = HOLDS(approval);
static const struct sbk_field request_sequence_fields[] = {
    PLAIN(1, BYTES, "requestorAci"), PLAIN(2, UINT, "count"),
};
static const struct sbk_message request_sequence = HOLDS(request_sequence);
static const struct sbk_field link_changed_fields[] = {
    PLAIN(1, BYTES, "updaterAci"), PLAIN(2, BOOL, "linkRequiresAdminApproval"),
};
static const struct sbk_message link_changed = HOLDS(link_changed);
static const struct sbk_field invited_count_fields[] = { PLAIN(1, UINT, "invitedMembersCount") };
static const struct sbk_message invited_count = HOLDS(invited_count);
static const struct sbk_field dropped_count_fields[] = { PLAIN(1, UINT, "droppedMembersCount") };
static const struct sbk_message dropped_count = HOLDS(dropped_count);
static const struct sbk_field group_timer_fields[] = {
    PLAIN(1, UINT, "expiresInMs"), PLAIN(2, BYTES, "updaterAci"),
};
static const struct sbk_message group_timer = HOLDS(group_timer);
static const struct sbk_field sticker_pack_fields[] = {
    PLAIN(1, BYTES, "packId"), PLAIN(2, BYTES, "packKey"),
};
static const struct sbk_message sticker_pack = HOLDS(sticker_pack);
static const struct sbk_field gradient_fields[] = {
    PLAIN(1, UINT, "angle"), PLAINS(2, FIXED32, "colors"), PLAINS(3, FLOAT, "positions"),
};
static const struct sbk_message gradient = HOLDS(gradient);
static const struct sbk_field custom_color_fields[] = {
    PLAIN(1, UINT, "id"), PLAIN(2, FIXED32, "solid"), NEST(3, gradient, "gradient"),
};
static const struct sbk_message custom_color = HOLDS(custom_color);
static const struct sbk_field chat_style_fields[] = {
    WORD(1, wallpaper, "wallpaperPreset"), NEST(2, file_pointer, "wallpaperPhoto"),
    NEST(3, nothing, "autoBubbleColor"), WORD(4, bubble_color, "bubbleColorPreset"),
    PLAIN(5, UINT, "customColorId"), PLAIN(7, BOOL, "dimWallpaperInDarkMode"),
};
static const struct sbk_message chat_style = HOLDS(chat_style);
static const struct sbk_field notification_profile_fields[] = {
    PLAIN(1, STRING, "name"), PLAIN(2, STRING, "emoji"), PLAIN(3, FIXED32, "color"),
    PLAIN(4, UINT, "createdAtMs"), PLAIN(5, BOOL, "allowAllCalls"), PLAIN(6, BOOL, "allowAllMentions"),
    PLAINS(7, UINT, "allowedMembers"), PLAIN(8, BOOL, "scheduleEnabled"),
    PLAIN(9, UINT, "scheduleStartTime"), PLAIN(10, UINT, "scheduleEndTime"),
    WORDS(11, day, "scheduleDaysEnabled"), PLAIN(12, BYTES, "id"),
};
static const struct sbk_message notification_profile = HOLDS(notification_profile);
static const struct sbk_field chat_folder_fields[] = {
    PLAIN(1, STRING, "name"), PLAIN(2, BOOL, "showOnlyUnread"), PLAIN(3, BOOL, "showMutedChats"),
    PLAIN(4, BOOL, "includeAllIndividualChats"), PLAIN(5, BOOL, "includeAllGroupChats"),
    WORD(6, folder_type, "folderType"), PLAINS(7, UINT, "includedRecipientIds"),
    PLAINS(8, UINT, "excludedRecipientIds"), PLAIN(9, BYTES, "id"),
};
static const struct sbk_message chat_folder = HOLDS(chat_folder);

const struct sbk_field *sbk_field_of(const struct sbk_message *m, uint32_t number)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->fields[i].number == number)
            return &m->fields[i];
    return NULL;
}

const char *sbk_word(const struct sbk_message *m, uint32_t number, uint64_t value)
{
    const struct sbk_field *f = sbk_field_of(m, number);
    return f != NULL && f->words != NULL && value < f->words->n ? f->words->words[value] : NULL;
}
