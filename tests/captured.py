"""captured - what tests/replay works with: a sandbox to ask, the exchanges that
were captured of a shop, and the report of what differs"""
import base64, difflib, email.utils, glob, gzip, hashlib, hmac, http.client
import json, os, re, subprocess, sys, time
from decimal import Decimal
from urllib.parse import quote, unquote

HERE = os.path.dirname(os.path.abspath(__file__))
BIN = os.environ.get('MILLRACE_BIN', os.path.join(HERE, '..', 'bin'))
MAGENTO = os.path.join(HERE, '..', 'fixtures', 'magento')
EXCHANGES = os.path.join(MAGENTO, 'exchanges')
REPORT = re.compile(r'webapi-[0-9a-f]{13}')
MOMENT = re.compile(r'^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$')
IDS = ('id', 'item_id', 'entity_id', 'customer_id', 'default_billing',
       'default_shipping')


def heads(pairs):
    """The headers that a client could act on; those that a shop's web server
    and its sessions add as they like are not among them."""
    return {k.lower(): v for k, v in pairs if k.lower() in (
        'cache-control', 'x-frame-options', 'retry-after', 'age', 'location',
        'www-authenticate', 'allow')}


class Sandbox:
    def __init__(self, *settings, data=os.path.join(MAGENTO, 'entities')):
        args = [os.path.join(BIN, 'mage-sandbox'), '--port', '0',
                '--data', data]
        for s in ('parent=%d' % os.getpid(),) + settings:
            args += ['--set', s]
        self.process = subprocess.Popen(args, stdout=subprocess.PIPE)
        first = json.loads(self.process.stdout.readline())
        self.url, self.credentials = first['url'], first['credentials']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        if self.process.wait() != 0:
            sys.exit('replay: mage-sandbox ended with %d'
                     % self.process.returncode)

    def ask(self, method, path, headers=None, body=None):
        """Status, content type and body of the answer."""
        link = http.client.HTTPConnection(self.url[len('http://'):])
        link.putrequest(method, path, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            link.putheader(name, value)
        if body is not None:
            link.putheader('Content-Length', str(len(body)))
        link.endheaders(body)
        answer = link.getresponse()
        data = answer.read()
        if answer.getheader('Content-Encoding') == 'gzip':
            data = gzip.decompress(data)
        link.close()
        self.headers = heads(answer.getheaders())
        return answer.status, answer.getheader('Content-Type', ''), data

    def bearer(self):
        return {'Authorization': 'Bearer ' + self.credentials['token']}

    def admin(self):
        c = self.credentials
        token = self.ask('POST', '/rest/V1/integration/admin/token',
                         {'Content-Type': 'application/json'}, json.dumps(
                             {'username': c['admin_username'],
                              'password': c['admin_password']}).encode())[2]
        return {'Authorization': 'Bearer ' + json.loads(token)}

    def put(self, entity, record):
        self.ask('POST', '/sandbox/records/' + entity, None,
                 json.dumps(record, default=float).encode())


def post(sandbox, path, body=b'{}'):
    headers = dict(sandbox.bearer(), **{'Content-Type': 'application/json'})
    return sandbox.ask('POST', '/rest/V1/' + path, headers, body)


def parse(body):
    """JSON with exact numbers; what is no JSON stays text, but of the
    shop's error page only the title, and of a token only that it is one."""
    text = body.decode('utf-8', 'replace') if isinstance(body, bytes) else body
    title = re.search('<title>(.*?)</title>', text, re.S)
    if title and title.group(1).startswith('There has been an error'):
        return 'a page: ' + title.group(1)
    if re.fullmatch(r'"[\w-]+\.[\w-]+\.[\w-]+"', text):
        return 'a token'
    text = REPORT.sub('webapi-*', text)
    try:
        return json.loads(text, parse_float=Decimal)
    except ValueError:
        return text


def entities(name):
    with open(os.path.join(MAGENTO, 'entities', name + '.ndjson')) as f:
        return [parse(line) for line in f]


def load(name):
    with open(os.path.join(EXCHANGES, name + '.json')) as f:
        return json.load(f)


def natural(pair):
    return [int(x) if x.isdigit() else x
            for x in re.split(r'(\d+)', pair[0])], pair[1]


NONCES = {}


def sign(sandbox, name, method, path):
    """OAuth 1.0a as a client of the vendor has to sign; the captured case's
    name says which mistake to make."""
    c = sandbox.credentials
    reuse = 'nonce_reuse' in name
    nonce = NONCES.setdefault('once', os.urandom(8).hex()) if reuse \
        else os.urandom(8).hex()
    oauth = {'oauth_consumer_key': c['consumer_key'],
             'oauth_token': c['access_token'],
             'oauth_signature_method':
                 'HMAC-SHA1' if 'sha1' in name else 'HMAC-SHA256',
             'oauth_timestamp':
                 str(int(time.time()) + (4000 if 'future' in name else 0)),
             'oauth_nonce': nonce, 'oauth_version': '1.0'}
    bare, _, query = path.partition('?')
    pairs = list(oauth.items())
    for p in query.split('&'):
        if '=' in p:
            k, _, v = p.partition('=')
            pairs.append((unquote(k), unquote(v)))
    pairs.sort(key=None if 'bytesort' in name else natural)
    text = '&'.join(quote(k, safe='~') + '=' + quote(v, safe='~')
                    for k, v in pairs)
    base = '&'.join((method, quote(sandbox.url + bare, safe='~'),
                     quote(text, safe='~')))
    key = c['consumer_secret'] + '&' + c['token_secret']
    mac = hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()
    if 'badsig' in name:
        mac = mac[::-1]
    oauth['oauth_signature'] = base64.b64encode(mac).decode()
    return 'OAuth ' + ', '.join('%s="%s"' % (k, quote(v, safe='~'))
                                for k, v in oauth.items())


class Exchange:
    """One captured request and what the shop answered."""

    def __init__(self, name):
        self.name = name
        with open(os.path.join(EXCHANGES, name + '.req'), 'rb') as f:
            head, _, self.body = f.read().partition(b'\n\n')
        lines = head.decode().splitlines()
        self.method, url = lines[0].split(' ', 1)
        self.path = re.sub(r'^http://[^/]*', '', url)
        self.headers = dict(x.split(': ', 1) for x in lines[1:])
        with open(os.path.join(EXCHANGES, name + '.hdr'), 'rb') as f:
            head = f.read().decode('latin-1').splitlines()
        self.status = int(head[0].split()[1])
        self.type, self.date = '', ''
        self.heads = heads(h.split(': ', 1) for h in head[1:] if ': ' in h)
        for h in head:
            if h.lower().startswith('content-type: '):
                self.type = h[14:]
            if h.lower().startswith('date: '):
                self.date = email.utils.parsedate_to_datetime(h[6:])
        self.answer = b''
        for ext in ('.json', '.xml', '.body'):
            if os.path.exists(os.path.join(EXCHANGES, name + ext)):
                with open(os.path.join(EXCHANGES, name + ext), 'rb') as f:
                    self.answer = f.read()
        if self.answer[:2] == b'\x1f\x8b':
            self.answer = gzip.decompress(self.answer)
        if self.method == 'HEAD':
            self.answer = b''

    def want(self):
        return [self.status, self.type, parse(self.answer), self.heads]

    def ask(self, sandbox, credentials=None):
        """Send the same request, with the sandbox's credentials."""
        headers = dict(self.headers)
        if headers.get('Content-Type') == 'None':
            del headers['Content-Type']
        if 'jwt' in self.name:
            headers['Authorization'] = 'Bearer eyJhbGciOiJIUzI1NiJ9.e30.x'
        elif headers.get('Authorization', '').startswith('OAuth '):
            headers['Authorization'] = sign(
                sandbox, self.name, self.method, self.path)
        elif re.search('admin token|REDACTED_access',
                       headers.get('Authorization', '')):
            headers.update(credentials or sandbox.bearer())
        body = self.body
        if 'limited_token' in self.name:
            body = json.dumps({k: sandbox.credentials['admin_' + k]
                               for k in ('username', 'password')}).encode()
        path = quote(self.path, safe="%/:?#[]@!$&'()*+,;=~-._")
        status, kind, body = sandbox.ask(
            self.method, path, headers,
            body if self.method in ('POST', 'PUT', 'PATCH') else None)
        return [status, kind, parse(body), sandbox.headers]


def exchanges_of(folder):
    for f in sorted(glob.glob(os.path.join(EXCHANGES, folder, '*.req'))):
        yield Exchange(os.path.relpath(f, EXCHANGES)[:-4])


def seen(v, found):
    """All moments and ids that a state holds."""
    if isinstance(v, dict):
        for k, x in v.items():
            if k in IDS and not isinstance(x, (dict, list)):
                found.add(('id', str(x)))
            seen(x, found)
    elif isinstance(v, list):
        for x in v:
            seen(x, found)
    elif isinstance(v, str):
        found.add(v.replace('T', ' ').rstrip('Z'))
    return found


def mask(v, known):
    """What the moment of saving decided: new times and new ids."""
    if isinstance(v, dict):
        return {k: 'NEW' if k in IDS and not isinstance(x, (dict, list)) and
                x is not None and ('id', str(x)) not in known
                else mask(x, known) for k, x in v.items()}
    if isinstance(v, list):
        return [mask(x, known) for x in v]
    if isinstance(v, str) and MOMENT.match(v) and v not in known:
        return 'NOW'
    return v


def canon(v):
    """A form in which equal JSON is equal: 1 is 1.0, but never true."""
    if isinstance(v, dict):
        return {k: canon(x) for k, x in v.items()}
    if isinstance(v, list):
        return [canon(x) for x in v]
    if isinstance(v, bool) or v is None or isinstance(v, str):
        return v
    return ('number', Decimal(v))


def show(want, got):
    a, b = (json.dumps(v, indent=1, default=str, sort_keys=True).splitlines()
            for v in (want, got))
    return '\n'.join(list(difflib.unified_diff(
        a, b, 'the shop', 'the sandbox', lineterm='', n=1))[:40])


class Report:
    def __init__(self, which, names, verbose):
        self.names, self.verbose = names, verbose
        self.listed, self.same, self.bad, self.met = {}, 0, 0, set()
        with open(os.path.join(HERE, 'replay.differences')) as f:
            for line in f:
                if line.strip() and not line.startswith('#'):
                    kind, name, reason = line.rstrip('\n').split('\t')
                    if kind == which:
                        self.listed[name] = reason

    def wanted(self, name):
        return not self.names or any(n in name for n in self.names)

    def compare(self, name, want, got):
        if canon(want) == canon(got):
            self.same += 1
            return
        self.met.add(name)
        if name in self.listed:
            return
        self.bad += 1
        print('differs: %s' % name)
        if self.verbose or self.bad <= 3:
            print(show(want, got))

    def end(self):
        for name in sorted(self.met & set(self.listed)):
            print('known: %s: %s' % (name, self.listed[name]))
        if not self.names:
            for name in sorted(set(self.listed) - self.met):
                self.bad += 1
                print('listed, but does not differ: %s' % name)
        print('%d the same, %d known differences, %d wrong' % (
            self.same, len(self.met & set(self.listed)), self.bad))
        return 1 if self.bad else 0
