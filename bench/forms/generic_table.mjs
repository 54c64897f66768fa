import { below, fill, iso, phone, phrase } from './made_up.mjs';

fill('id,start,from,to,duration,kind,from_name,thread,text\n',
    (i) => `m${i},${iso(i).slice(0, 19)}Z,${phone(1)},${phone(2 + below(90))},,message,Ana,t${below(20)},"${phrase()}"`, '\n', '\n');
