// path: conversations.csv
import { fill, iso, phrase } from './made_up.mjs';

const id = (n) => `3f2a0000-0000-4000-8000-${String(n).padStart(12, '0')}`;
fill('"Target username ""rosa_ej"" is associated with User ID ""3f2a0000-0000-4000-8000-000000000001"""\n---------------------------\n"Legend"\n===========================\n'
    + 'content_type,message_type,conversation_id,message_id,reply_to_message_id,conversation_title,sender_username,sender_user_id,recipient_username,recipient_user_id,text,media_id,is_saved,is_encrypted,is_topic_chat,timestamp\n',
(i) => `CHAT,TEXT,c0ffee00-0000-4000-8000-${String(i % 97).padStart(12, '0')},${i},,,friend_${i % 211},${id(2 + (i % 211))},rosa_ej,${id(1)},"${phrase()}",,true,false,false,${iso(i).slice(0, 10)} ${iso(i).slice(11, 19)} UTC`,
'\n', '\n');
