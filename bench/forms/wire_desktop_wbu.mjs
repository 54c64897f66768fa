import { below, fill, phrase } from './made_up.mjs';

const id = (n) => `${String(n).padStart(8, '0')}-0000-4000-8000-000000000000`;
const event = (i) => JSON.stringify({ category: 16, conversation: id(below(40)), data: { content: phrase(), expects_read_confirmation: false, mentions: [], previews: [] },
    from: id(below(40)), id: id(1000 + i), primary_key: i, status: 2, time: new Date((1600000000 + 37 * i) * 1000).toISOString(), type: 'conversation.message-add' });
fill('[\n', event, ',\n', '\n]\n');
