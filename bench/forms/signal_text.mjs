import { fill, iso, phrase, pick } from './made_up.mjs';

fill('', (i) => `[${iso(i).slice(0, 10)}, ${iso(i).slice(11, 16)}] ${pick(['Me', 'Beto'])}: ${phrase()}`, '\n', '\n');
