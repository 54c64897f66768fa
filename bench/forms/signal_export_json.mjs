// path: Beto/data.json
import { fill, iso } from './made_up.mjs';

fill('', (i) => JSON.stringify({ date: iso(i), sender: i % 2 ? 'Me' : 'Beto', body: `on my way, ten minutes ${i}  `, quote: '', sticker: null, reactions: [], attachments: [], deleted: false, call: false, missed: false }).replace(/([:,])("|[[{ntf])/g, '$1 $2'), '\n', '\n');
