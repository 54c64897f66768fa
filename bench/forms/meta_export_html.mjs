// path: your_instagram_activity/messages/inbox/beto_1/message_1.html
import { fill, phrase, pick } from './made_up.mjs';

fill('<html><head><title>Beto Muestra</title></head><body class="_5vb_ _2yq"><main class="_a706" role="main">',
    (i) => `<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">${pick(['Beto Muestra', 'Ana Prueba'])}</h2><div class="_3-95 _a6-p"><div><div></div><div>${phrase()}</div><div></div><div></div></div></div><div class="_3-94 _a6-o">Sep ${1 + (i % 28)}, 2017 6:33 am</div></div>`,
    '', '</main></body></html>');
