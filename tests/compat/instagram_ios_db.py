# A second reading of an Instagram database, with plistlib and sqlite3, compared with what the reader wrote.
# usage: instagram_ios_db.py DATABASE EXPECTED
import datetime, json, plistlib, sqlite3, sys

rows = sqlite3.connect('file:%s?immutable=1' % sys.argv[1], uri=True)
compared = wrong = 0

def same(what, got, want):
    global compared, wrong
    compared += 1
    if got != want:
        wrong += 1
        print('%s: got %r, expected %r' % (what, got, want))

def resolve(blob):
    p = plistlib.loads(blob)
    objects = p['$objects']
    def walk(v):
        if isinstance(v, plistlib.UID):
            v = objects[v.data]
            if v == '$null':
                return None
        if isinstance(v, dict):
            if 'NS.keys' in v:
                return {walk(k): walk(w) for k, w in zip(v['NS.keys'], v['NS.objects'])}
            if 'NS.objects' in v:
                return [walk(w) for w in v['NS.objects']]
            return {k: walk(w) for k, w in v.items() if k != '$class'}
        return [walk(w) for w in v] if isinstance(v, list) else v
    return walk(p['$top']['root'])

lines = [json.loads(l) for l in open(sys.argv[2], encoding='utf-8')]
ours = {l['records'][0]: l['facts'] for l in lines if 'records' in l}
told = {}
for facts in ours.values():
    for f in facts:
        if 'identifier' in f:
            told.setdefault(f['account']['native'], set()).add((f['identifier'], f['value']))
owner = {v for (v,) in rows.execute('SELECT viewer_id FROM threads')}
same('owners', len(owner), 1)
owner = owner.pop()
members, starts, ends = {}, {}, {}
for row, ident, blob in rows.execute('SELECT row_id, thread_id, metadata FROM threads'):
    m = resolve(blob)
    e = ours['table threads row %d' % row][-1]
    users = m['NSArray<IGUser *>*users']
    members[ident] = [u['pk'] for u in users]
    same('thread', e['thread'], ident)
    same('members', sorted(t['native'] for t in e['to']), sorted(u for u in members[ident] if u != owner))
    for u in users + [m['IGUser*inviter']]:
        for kind, value in (('handle', u['userName']), ('name', u['fullName'])):
            if value:
                same(kind, (kind, value) in told.get(u['pk'], set()), True)
messages = [(r, i, t, resolve(b)) for r, i, t, b in rows.execute('SELECT row_id, message_id, thread_id, archive FROM messages')]
def activity(m):
    return m['IGDirectPublishedMessageContent*content'].get('IGDirectThreadActivityAnnouncement*threadActivity') or {}
for _, _, _, m in messages:
    a, at = activity(m), m['IGDirectPublishedMessageMetadata*metadata']['NSDate*serverTimestamp']['NS.time']
    if a.get('NSString*videoCallId'):
        (starts if a['IGDirectVideoCallEventTypevoipEventType'] == 1 else ends)[a['NSString*videoCallId']] = at
calls = 0
for row, ident, thread, m in messages:
    e = ours['table messages row %d' % row][0]
    meta, content, a = m['IGDirectPublishedMessageMetadata*metadata'], m['IGDirectPublishedMessageContent*content'], activity(m)
    at = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc).timestamp() + meta['NSDate*serverTimestamp']['NS.time']
    got = datetime.datetime.fromisoformat(e['at'].replace('Z', '+00:00')).timestamp()
    same('time', abs(got - at) < 2e-6, True)
    same('id', e['native_id'], ident)
    same('thread', e['thread'], thread)
    same('sender', e['from']['native'], meta['NSString*senderPk'])
    same('to', sorted(t['native'] for t in e['to']), sorted({*members[thread], owner} - {meta['NSString*senderPk']}))
    same('text', e.get('text'), content.get('NSString*string'))
    same('reactions', [(r['by']['native'], r['what']) for r in e.get('reactions', [])],
         [(r['USER_BASED_REACTION_USER_ID'], r['USER_BASED_REACTION_EMOJI_UNICODE']) for r in m.get('NSArray<IGDirectMessageReaction *>*reactions') or []])
    photo = ((content.get('IGDirectPublishedMessageMedia*media') or {}).get('IGDirectPublishedMessagePermanentMedia*permanentMedia') or {}).get('IGPhoto*photo')
    same('file', [f['name'] for f in e.get('attachments', [])], [photo['imageVersions'][0]['url']['NS.relative']] if photo else [])
    if photo:
        same('file id', e['attachments'][0]['note'].endswith(photo['kIGPhotoMediaID']), True)
    call = a.get('NSString*videoCallId')
    begins = call is not None and (a['IGDirectVideoCallEventTypevoipEventType'] == 1 or call not in starts)
    calls += begins
    same('kind', e['event'], 'call' if begins else 'other' if a else 'message')
    if a:
        same('words', e['detail'], a.get('NSString*voipTitle') or a.get('NSString*actionLogTitle'))
    if begins and call in starts:
        same('duration', e['duration_s'], round(ends[call] - starts[call]))
    kept = json.loads(e['raw'])['archive']
    same('clientContext', kept['IGDirectPublishedMessageMetadata*metadata']['NSString*clientContext'], meta['NSString*clientContext'])
    same('codedSubtype', kept['IGDirectPublishedMessageContent*content']['codedSubtype'], content['codedSubtype'])
same('calls', calls, len(set(starts) | set(ends)))
print('%d messages, %d calls; %d values compared, %d wrong' % (len(messages), calls, compared, wrong))
sys.exit(wrong != 0)
