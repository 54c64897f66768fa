// signal_backup.js SAMPLES FOLDER - compares every value of each *.txtproto in SAMPLES with what the golden program wrote beside the *.binproto in
// FOLDER: in `raw` at the same path, or in the member of the fact that it belongs to. Says how many values.
"use strict";
const fs = require("fs"), path = require("path");
const [samples, folder] = process.argv.slice(2);
let raw = 0, members = 0, defaults = 0, wrong = 0, files = 0, frames = 0;

// --- the text form: NAME { KEY = VALUE … }, lists in [ ], bytes in < >, words as Type.WORD ---
function parse(text) {
    let at = 0;
    const space = () => { for (;;) { const m = /^(\s+|\/\/[^\n]*)/.exec(text.slice(at, at + 4000)); if (!m) return; at += m[0].length; } };
    const eat = (re) => { space(); re.lastIndex = at; const m = re.exec(text); if (!m || m.index !== at) return null; at += m[0].length; return m; };
    const must = (re) => { const m = eat(re); if (!m) throw new Error(`not understood at ${at}: ${text.slice(at, at + 40)}`); return m; };
    const object = () => {
        const o = {};
        while (!eat(/\}/g)) {
            const key = must(/[A-Za-z0-9_]+/g)[0];
            must(/=/g);
            o[key] = value();
        }
        return o;
    };
    const value = () => {
        let m;
        if (eat(/\[/g)) {
            const list = [];
            while (!eat(/\]/g)) { list.push(value()); eat(/,/g); }
            return list;
        }
        if ((m = eat(/<\s*([0-9a-f\s]*)>/g))) return { bytes: m[1].replace(/\s/g, "") };
        if ((m = eat(/"(?:[^"\\]|\\.)*"/g))) return { text: JSON.parse(m[0]) };
        if ((m = eat(/-?\d+\.\d+(?:[eE][-+]?\d+)?/g))) return { real: Number(m[0]) };
        if ((m = eat(/-?\d+/g))) return { whole: m[0] };
        if ((m = eat(/(true|false)\b/g))) return { bool: m[1] === "true" };
        if ((m = eat(/[A-Za-z]+\.([A-Z0-9_]+)/g))) return { word: m[1] };
        must(/[A-Za-z0-9]+\s*\{/g);
        return object();
    };
    const all = [];
    for (space(); at < text.length; space()) {
        const name = must(/[A-Za-z]+/g)[0];
        must(/\{/g);
        all.push([name, object()]);
    }
    return all;
}

const uuid = (h) => `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
const ms = (at) => String(Date.parse(at.replace(/\.(\d{3})\d*Z/, ".$1Z")));
const isLeaf = (v) => ["bytes", "text", "real", "whole", "bool", "word"].some((k) => Object.keys(v).length === 1 && typeof v[k] !== "object" && v[k] !== undefined);
const plain = (v) => v.bytes ?? v.text ?? v.real ?? v.whole ?? v.bool ?? v.word;
const sameRaw = (want, got) => {
    if ("whole" in want && BigInt(want.whole) < 0n) return String(got) === String(Number(want.whole) >>> 0); // colours are signed in the text form
    if ("real" in want) return got === want.real;
    return "whole" in want ? String(got) === want.whole : got === plain(want);
};
// Proto3 leaves these out of the wire, and the text form prints them.
const ZERO = new Set(["A100", "DEFAULT", "VISIBLE", "NONE", "UNKNOWN", "INITIAL", "UNKNOWN_STATE", "UNOPENED"]);
const isDefault = (v) => v.text === "" || v.bytes === "" || ZERO.has(v.word);

// What has a member of its own: the path, and the value that the facts hold for it.
const ids = (facts, type) => facts.filter((f) => f.identifier === type).map((f) => f.value);
const event = (facts) => facts.find((f) => f.event);
const own = [
    [/^BackupInfo\.backupTimeMs$/, (f, v) => ms(event(f).at) === v.whole],
    [/^account\.username$/, (f, v) => ids(f, "handle").includes(v.text)],
    [/^recipient\.contact\.(aci)$/, (f, v) => ids(f, "account_id").includes(uuid(v.bytes)) && event(f).from.native === uuid(v.bytes)],
    [/^recipient\.contact\.(pni)$/, (f, v) => ids(f, "account_id").includes(`PNI:${uuid(v.bytes)}`)],
    [/^recipient\.contact\.e164$/, (f, v) => ids(f, "phone").includes(`+${v.whole}`)],
    [/^recipient\.contact\.username$/, (f, v) => ids(f, "handle").includes(v.text)],
    [/^chatItem\.standardMessage\.text\.body$/, (f, v) => event(f).text === v.text],
    [/^chatItem\.standardMessage\.attachments\.(\d+)\.pointer\.contentType$/, (f, v, i) => event(f).attachments[i].type === v.text],
    [/^chatItem\.standardMessage\.attachments\.(\d+)\.pointer\.fileName$/, (f, v, i) => event(f).attachments[i].name === v.text],
    [/^chatItem\.standardMessage\.attachments\.(\d+)\.pointer\.locatorInfo\.size$/, (f, v, i) => String(event(f).attachments[i].bytes) === v.whole],
    [/^chatItem\.[a-zA-Z]+\.reactions\.(\d+)\.emoji$/, (f, v, i) => event(f).reactions[i].what === v.text],
    [/^chatItem\.paymentNotification\.note$/, (f, v) => event(f).text === v.text],
    [/^(chatItem\.updateMessage\.(individualCall|groupCall)|adHocCall)\.callId$/, (f, v) => event(f).native_id === v.whole],
    [/^(chatItem\.updateMessage\.(individualCall|groupCall)\.started|adHocCall\.)[cC]allTimestamp$/, (f, v) => ms(event(f).at) === v.whole],
    [/^chatItem\.updateMessage\.(individualCall|groupCall)\.startedCallTimestamp$/, (f, v) => ms(event(f).at) === v.whole],
];
// And what stands in `raw` and in a member as well.
const also = [
    [/^chatItem\.dateSent$/, (f, v) => event(f).event === "call" || ms(event(f).at) === v.whole],
    [/^chatItem\.revisions\.(\d+)\.dateSent$/, (f, v, i) => ms(event(f).edits[i].at) === v.whole],
    [/^chatItem\.revisions\.(\d+)\.standardMessage\.text\.body$/, (f, v, i) => event(f).edits[i].text === v.text],
    [/^chatItem\.standardMessage\.quote\.targetSentTimestamp$/, (f, v) => event(f).reply_to === v.whole],
    [/^account\.givenName$/, (f, v) => v.text === "" || ids(f, "name")[0].startsWith(v.text)],
    [/^recipient\.contact\.profileGivenName$/, (f, v) => v.text === "" || ids(f, "name").some((n) => n.startsWith(v.text))],
];

function compare(file, where, want, got, facts) {
    if (Array.isArray(want) || !isLeaf(want)) {
        for (const [k, v] of Object.entries(want))
            compare(file, `${where}.${k}`, v, got === undefined || got === null ? undefined : got[k], facts);
        return;
    }
    const tell = () => { wrong++; console.log(`${file}: ${where}: expected ${JSON.stringify(plain(want))}, got ${JSON.stringify(got)}`); };
    const typed = own.find(([re]) => re.test(where)), second = also.find(([re]) => re.test(where));
    const holds = ([re, f]) => { try { return f(facts, want, re.exec(where)[1]); } catch { return false; } };
    if (typed !== undefined && (want.text !== "" || holds(typed))) {
        members++;
        if (!holds(typed)) tell();
        return;
    }
    if (got === undefined && isDefault(want)) { defaults++; return; }
    raw++;
    if (!sameRaw(want, got)) tell();
    if (second !== undefined) {
        members++;
        if (!holds(second)) tell();
    }
}

for (const name of fs.readdirSync(samples).filter((f) => f.endsWith(".txtproto")).sort()) {
    const bin = name.replace(".txtproto", ".binproto");
    const lines = fs.readFileSync(path.join(folder, `${bin}.expected`), "utf8").trim().split("\n").map((l) => JSON.parse(l));
    const entries = lines.filter((l) => l.records), outcome = lines.at(-1).outcome;
    const want = parse(fs.readFileSync(path.join(samples, name), "utf8"));
    files++;
    if (outcome !== "ok" || entries.length !== want.length) { wrong++; console.log(`${name}: ${outcome}, ${entries.length} entries for ${want.length} messages`); }
    want.forEach(([kind, message], i) => {
        frames++;
        const facts = entries[i]?.facts ?? [], got = JSON.parse(event(facts)?.raw || "{}");
        if (got.unknown) { wrong++; console.log(`${name}: fields without a name`); }
        if (kind === "BackupInfo") compare(name, kind, message, got, facts);
        else for (const [k, v] of Object.entries(message)) compare(name, k, v, got, facts);
    });
}
if (files < 50) { wrong++; console.log(`only ${files} vectors`); }
console.log(`${raw + members} values compared (${raw} in raw, ${members} in members), and ${defaults} that the wire leaves out: ${frames} messages of ${files} vectors`);
process.exit(wrong === 0 ? 0 : 1);
