#!/bin/sh
# import --authorities: a person's table enters authorities; evidence cannot authorise itself.
. "$LM_TOP/tests/cli/tap.sh"
"$LASTMILE" simulate --out s --scale 0.001 --seed 3 >/dev/null
header=$(head -1 s/authorities.csv)
new() { rm -rf w*; "$LASTMILE" -w w init >/dev/null; }
none() { run -w w authority list --json; is "$1: nothing was entered" "$(json d.authorities.length)" 0; }

new
cp s/authorities.csv s/evidence/authorities.csv
exits "a table inside the evidence" 3 -w w import --authorities s/evidence/authorities.csv s/evidence
says "… cannot authorise it" err 'cannot authorise itself'
exits "… nor by way of a link or another spelling" 3 -w w import --authorities s/truth/../evidence/authorities.csv s/evidence
rm s/evidence/authorities.csv
ln -s . s/evidence_link
exits "… nor when the folder holds the table" 3 -w w import --authorities s/authorities.csv s
none "refused"

# refused before anything is entered
bad() {
    printf '%s\n' "$2" >bad.csv
    exits "$1" 2 -w w import --authorities bad.csv s/evidence
    none "$1"
}
good=$(sed -n 2p s/authorities.csv)
bad "an unknown column" "id,investigation,kind,reach,path,colour"
bad "a column that is missing" "id,investigation,kind,reach"
bad "a column that stands twice" "id,investigation,kind,reach,path,id"
bad "no row" "$header"
bad "a path out of the folder" "id,investigation,kind,reach,path
A,I,consent,content,../truth"
bad "an absolute path" "id,investigation,kind,reach,path
A,I,consent,content,/etc"
bad "an unknown kind, in the second row" "id,investigation,kind,reach,path
A,I,consent,content,LM-0001/att
B,I,whim,content,LM-0001/att"
bad "a date that is none" "id,investigation,kind,reach,path,from
A,I,consent,content,LM-0001/att,9/10/2022"
bad "an account without its platform" "id,investigation,kind,reach,path,accounts
A,I,consent,content,LM-0001/att,3035550101"
bad "too few cells" "$header
A,I"
exits "an option that the table has" 2 -w w import --authorities s/authorities.csv --zone America/Denver s/evidence
exits "two folders" 2 -w w import --authorities s/authorities.csv s/evidence s/evidence

exits "a good table" 0 -w w import --authorities s/authorities.csv s/evidence --json
is "every row is there" "$(json d.authorities.length)" "$(tail -n +2 s/authorities.csv | wc -l | tr -d ' ')"
is "the ledger closes" "$(json 'd.authorities.every(a => a.seen === a.kept + a.duplicate + a.held + a.rejected)')" true
is "… and adds up" "$(json '["seen","kept","duplicate","held","rejected"].every(k => d.totals[k] === d.authorities.reduce((t, a) => t + a[k], 0))')" true
run -w w authority list --json
cp out list.json
is "authorities as the table has them" "$(json 'd.authorities.every(a => a.court && a.accounts.length > 0 === (a.kind !== "own_records"))')" true
run -w w investigation list --json
is "investigations are entered once" "$(json d.investigations.length)" 2
exits "the same table again" 3 -w w import --authorities s/authorities.csv s/evidence
says "… is refused at its row" err 'row 2'
run -w w verify --json
is "the workspace is sound" "$(json d.sound)" true

new
printf '%s\n%s\n' "$header" "$good" >one.csv
exits "as text" 0 -w w import --authorities one.csv s/evidence
says "a line for each authority" out '^ +[0-9]+ +[0-9]+ +0 +[0-9]+ +0 +0  LM-0001-att  LM-0001/att$'
tap_done
