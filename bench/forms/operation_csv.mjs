import { below, fill, pick } from './made_up.mjs';

fill('date,drug,form,quantity,unit,qualifier,seizure_id,investigation,agency,division,city,state,exhibit_number,notes\n',
    (i) => `2022-09-${String(1 + below(28)).padStart(2, '0')},fentanyl,pills,"${1 + below(20)},${String(below(1000)).padStart(3, '0')}",pills,,SZ-${i},LM-${below(300)},DEA,${pick(['Rocky Mountain', 'Phoenix'])},Denver,CO,EX-${i},`, '\n', '\n');
