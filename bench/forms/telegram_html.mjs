import { below, fill, names, phrase, pick } from './made_up.mjs';

const two = (n) => String(n).padStart(2, '0');
const message = (i) => {
    const d = new Date(1600000000000 + i * 37000);
    const day = `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${d.getUTCFullYear()} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())} UTC`;
    const joined = below(3) === 0 && i > 0;
    return `     <div class="message default clearfix${joined ? ' joined' : ''}" id="message${i + 1}">
      <div class="pull_left userpic_wrap">
       <div class="userpic userpic3" style="width: 42px; height: 42px">
        <div class="initials" style="line-height: 42px">
A
        </div>
       </div>
      </div>
      <div class="body">
       <div class="pull_right date details" title="${day}">
${day.slice(11, 16)}
       </div>
${joined ? '' : `       <div class="from_name">
${pick(names)}
       </div>
`}       <div class="text">
${phrase()}
       </div>
      </div>
     </div>
`;
};
fill(`<!DOCTYPE html>
<html>
 <head><title>Exported Data</title></head>
 <body>
  <div class="page_wrap">
   <div class="page_header"><div class="content"><div class="text bold">Ana</div></div></div>
   <div class="page_body chat_page">
    <div class="history">
`, message, '', '    </div>\n   </div>\n  </div>\n </body>\n</html>\n');
