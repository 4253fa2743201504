#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# page.py URL WORK SHOTS AXE PRODUCER-PID - drives Chromium over WebDriver, with nothing but
# Python's own library. Prints "ok NAME", "not-ok NAME", "skip NAME" or "note TEXT".
import base64
import csv
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.request

URL, WORK, SHOTS, AXE = sys.argv[1:5]
PRODUCER = int(sys.argv[5])
HOST, PORT = re.match(r'http://([^:/]+):(\d+)', URL).groups()
N_GAMES = 14
SIZES = [('desktop', 1280, 900), ('tablet', 820, 1180), ('phone', 390, 844)]


def say(good, name, *why):
    print(('ok ' if good else 'not-ok ') + name, flush=True)
    for line in [] if good else why:
        print('note   ' + str(line)[:600], flush=True)
    return good


class Cutter(threading.Thread):
    """A connection that breaks: each stream of events is cut after some more bytes than the last."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.streams = self.cuts = 0
        self.cutting = True

    def run(self):
        while True:
            conn, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(conn,), daemon=True).start()

    def serve(self, conn):
        up = socket.create_connection((HOST, int(PORT)))
        left = [None]

        def forward():
            try:
                while data := conn.recv(65536):
                    if b'GET /events' in data and self.cutting:
                        self.streams += 1
                        left[0] = 1500 + 37000 * self.streams
                    up.sendall(data)
            except OSError:
                pass

        threading.Thread(target=forward, daemon=True).start()
        try:
            while data := up.recv(65536):
                if left[0] is not None and left[0] < len(data):
                    conn.sendall(data[:left[0]])
                    self.cuts += 1
                    break
                conn.sendall(data)
                if left[0] is not None:
                    left[0] -= len(data)
        except OSError:
            pass
        for s in (conn, up):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()


class Browser:
    def __init__(self):
        with socket.create_server(('127.0.0.1', 0)) as s:
            self.port = s.getsockname()[1]
        self.driver = subprocess.Popen(['chromedriver', f'--port={self.port}'], stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                if self.call('GET', '/status')['ready']:
                    break
            except OSError:
                time.sleep(0.1)
        flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
                 '--disable-background-networking', '--disable-component-update', '--disable-sync',
                 f'--user-data-dir={WORK}/chromium']
        self.base = ''
        made = self.call('POST', '/session', {'capabilities': {'alwaysMatch': {
            'goog:chromeOptions': {'args': flags}, 'goog:loggingPrefs': {'browser': 'ALL'}}}})
        self.base = '/session/' + made['sessionId']

    def call(self, method, path, body=None):
        r = urllib.request.Request(f'http://127.0.0.1:{self.port}{getattr(self, "base", "")}{path}', method=method,
                                   data=None if body is None else json.dumps(body).encode(),
                                   headers={'Content-Type': 'application/json'})
        with urllib.request.urlopen(r, timeout=90) as answer:
            return json.load(answer)['value']

    def go(self, url):
        self.call('POST', '/url', {'url': url})

    def run(self, script, *args):
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(args)})

    def wait(self, script):
        """The script calls done(value)."""
        return self.call('POST', '/execute/async', {
            'script': 'const done = arguments[arguments.length - 1];' + script, 'args': []})

    def cdp(self, command, **params):
        return self.call('POST', '/goog/cdp/execute', {'cmd': command, 'params': params})

    def size(self, width, height, theme):
        self.cdp('Emulation.setDeviceMetricsOverride', width=width, height=height, deviceScaleFactor=1,
                 mobile=width < 500)
        self.cdp('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': theme}])
        time.sleep(0.6)

    def shot(self, name, width):
        height = self.cdp('Page.getLayoutMetrics')['cssContentSize']['height']
        data = self.cdp('Page.captureScreenshot', captureBeyondViewport=True,
                        clip={'x': 0, 'y': 0, 'width': width, 'height': min(height, 4000), 'scale': 1})['data']
        with open(f'{SHOTS}/{name}.png', 'wb') as f:
            f.write(base64.b64decode(data))

    def key(self, name, code):
        for kind in ('keyDown', 'keyUp'):
            self.cdp('Input.dispatchKeyEvent', type=kind, key=name, code=name, windowsVirtualKeyCode=code)

    def close(self):
        try:
            self.call('DELETE', '')
        finally:
            self.driver.terminate()


GAMES = '''import("/games.js").then(({ games }) => done([...games.values()].map((g) => ({ id: g.id,
    excitement: g.excitement, plays: g.plays.map((p) => [p.partition, p.offset, p.play_id, p.play_number, p.wp]) }))));'''


def page_games(b):
    return {g['id']: g for g in b.wait(GAMES)}


def csv_games():
    games = {}
    with open(f'{WORK}/p.csv', newline='') as f:
        for r in csv.DictReader(f):
            games.setdefault(r['game_id'], []).append(
                [int(r['partition']), int(r['offset']), int(r['play_id']), int(r['play_number']),
                 float(r['home_win_prob'])])
    return games


def until(test, seconds=120):
    """Waits for what must come; how long that takes says nothing on a busy machine."""
    end = time.time() + seconds
    while time.time() < end:
        if test():
            return True
        time.sleep(0.1)
    return False


def drawn(b):
    """Plays in the chart."""
    return b.run('return Number(document.getElementById("chart").dataset.plays)')


def shows(b, game, n):
    """Whether the page shows so many plays of that game, named SEASON_WEEK_AWAY_HOME."""
    teams = b.run('return ["away", "home"].map((side) => document.getElementById(`${side}-short`).textContent).join("_")')
    return game.endswith('_' + teams) and drawn(b) == n


def produced():
    try:
        with open(f'/proc/{PRODUCER}/stat') as f:
            return f.read().rsplit(')', 1)[1].split()[0] == 'Z'
    except OSError:
        return True


def curve(b):
    """Probabilities and seconds read back from the drawn path."""
    d, box = b.run('''const c = document.getElementById("chart");
        return [c.querySelector(".curve").getAttribute("d"), { ...c.dataset }];''')
    left, right, top, bottom, length = (float(box[k]) for k in ('left', 'right', 'top', 'bottom', 'length'))
    x0, y0 = re.match(r'M([\d.]+) ([\d.]+)', d).groups()
    points = [(float(x0), float(y0))] + [(float(x), float(y)) for x, y in re.findall(r'H([\d.]+)V([\d.]+)', d)]
    return ([((x - left) / (right - left) * length, (bottom - y) / (bottom - top)) for x, y in points],
            0.006 / (bottom - top))


def busy(b):
    """The processor time of the page's main thread, in seconds."""
    return next(m['value'] for m in b.cdp('Performance.getMetrics')['metrics'] if m['name'] == 'TaskDuration')


def whole_sunday(b, cutter):
    before = busy(b)
    until(produced, 600)
    n = -1

    def settled():
        nonlocal n
        last, n = n, sum(len(p) for p in csv_games().values())
        return n == last and n > 0 and sum(len(g['plays']) for g in page_games(b).values()) >= n
    until(settled, 300)
    want, have = csv_games(), page_games(b)
    say(len(have) == N_GAMES, f'all {N_GAMES} games are on the page', sorted(have))
    wrong = [i for i in want if sorted(want[i], key=lambda p: p[3]) != have.get(i, {}).get('plays')]
    say(not wrong, f'every one of {n} plays is there once, in order, with its prediction', wrong)
    say(cutter.cuts >= 4, f'that over a stream that was cut {cutter.cuts} times')
    cost = 1000 * (busy(b) - before) / n
    say(cost < 16, 'each costs the page less than the 16 ms of a frame', cost)
    cutter.cutting = False
    return want


def chart(b, want):
    for game in list(want)[:4]:
        b.run('location.hash = "#game=" + arguments[0]', game)
        until(lambda: shows(b, game, len(want[game])))
        points, near = curve(b)
        plays = sorted(want[game], key=lambda p: p[3])
        off = [(p[4], w) for p, (_, w) in zip(plays, points) if abs(p[4] - w) > near]
        say(len(points) == len(plays) and not off, f'the line of {game} is its predictions', len(points), len(plays), off[:3])
        say(all(a[0] <= c[0] + 1 for a, c in zip(points, points[1:])), f'the clock of {game} only goes on')


def order(b):
    def read():
        return [float(e) for e in b.run('''return [...document.querySelectorAll("#grid .meta span:last-child")]
            .map((e) => e.textContent.replace("excitement ", ""))''')]
    until(lambda: read() == sorted(read(), reverse=True))
    shown = read()
    say(len(shown) == N_GAMES and shown == sorted(shown, reverse=True), 'the grid is sorted by excitement', shown)


def keyboard(b):
    b.run('document.getElementById("live").click(); document.getElementById("seek").focus()')
    last = int(b.run('return document.getElementById("seek").max'))
    until(lambda: drawn(b) == last + 1)
    for _ in range(5):
        b.key('ArrowLeft', 37)
    until(lambda: drawn(b) == last - 4)
    at, said, pressed = b.run('''const s = document.getElementById("seek");
        return [Number(s.value), s.getAttribute("aria-valuetext"), document.getElementById("live").getAttribute("aria-pressed")];''')
    say(at == last - 5 and drawn(b) == at + 1 and pressed == 'false', 'arrow keys go through the plays', at, last, drawn(b))
    say(f'play {at + 1} of {last + 1}' in said, 'and say where they are', said)
    b.run('''const chart = document.getElementById("chart"), began = performance.now();
        window.seen = [];
        new MutationObserver(() => { window.seen.push(Number(chart.dataset.plays)); window.took = performance.now() - began; })
            .observe(chart, { attributeFilter: ["data-plays"] });
        document.getElementById("speed").value = "40"; document.getElementById("seek").value = 0;
        document.getElementById("seek").dispatchEvent(new Event("input")); document.getElementById("play").click()''')
    until(lambda: b.run('return document.getElementById("live").getAttribute("aria-pressed")') == 'true')
    seen, took = b.run('return [window.seen, window.took]')
    say(len(set(seen)) > 3 and seen == sorted(seen) and seen[-1] == last + 1, 'a replay goes through the plays in order', seen)
    say(took > 900 * last / 40, 'and no faster than it was told to', took, last)


def advice(b, port):
    """Opens the page at a game that is not the first to come in, at its first fourth down."""
    with open(f'{WORK}/p.csv', newline='') as f:
        rows = [r for r in csv.DictReader(f) if r['game_id'] == '2024_01_LA_DET']
    rows.sort(key=lambda r: int(r['play_number']))
    at = next(i for i, r in enumerate(rows) if r['fourth_down'])
    b.go('about:blank')
    b.go(f'http://127.0.0.1:{port}/#game=2024_01_LA_DET')
    until(lambda: shows(b, '2024_01_LA_DET', len(rows)))
    b.run(f'''const s = document.getElementById("seek"); s.value = {at}; s.dispatchEvent(new Event("input"));''')
    until(lambda: drawn(b) == at + 1)
    name, best, now = b.run('''return [document.getElementById("home-short").textContent,
        document.querySelector("#fourth-list .best")?.textContent, document.getElementById("fourth").dataset.now];''')
    word = {'go': 'go for it', 'punt': 'punt', 'field_goal': 'kick'}[rows[at]['fourth_down']]
    value = {'go': 'go', 'punt': 'punt', 'field_goal': 'field_goal'}[rows[at]['fourth_down']] + '_win_prob'
    say(name == 'DET', 'the page opens at the game of its address, whichever comes first', name)
    say(best is not None and best.startswith(f'{word}{100 * float(rows[at][value]):.1f}%') and now == 'true',
        'fourth-down advice is the prediction\'s', best, rows[at][value], now)
    b.run('document.getElementById("live").click()')


def looks(b):
    b.run('document.getElementById("about").open = true; document.getElementById("all").open = true')
    time.sleep(0.5)
    for name, width, height in SIZES:
        for theme in ('light', 'dark'):
            b.size(width, height, theme)
            wide = b.run('return document.documentElement.scrollWidth')
            say(wide <= width, f'{name}, {theme}: nothing is wider than the screen', wide)
            if AXE:
                with open(AXE) as f:
                    b.run(f.read())
                checked, found = b.wait('''axe.run().then((r) => done([r.passes.length, r.violations.map(
                    (v) => `${v.id}: ${v.nodes.length} ${v.nodes[0].html} ${v.nodes[0].failureSummary}`)]));''')
                say(not found and checked > 20, f'{name}, {theme}: axe finds nothing', checked, *found)
            else:
                print(f'skip {name}, {theme}: axe finds nothing')
            b.run('document.getElementById("all").open = false; scrollTo(0, 0)')
            time.sleep(0.4)
            b.shot(f'page-{name}-{theme}', width)
            b.run('document.getElementById("all").open = true')
            time.sleep(0.2)
    b.size(1280, 900, 'light')


def hostile_name(b):
    play = {'game_id': '2024_99_<b>', 'play_id': 1, 'play_number': 1, 'quarter': 1, 'time_remaining': 3600,
            'home_score': 0, 'away_score': 0, 'home_team': '<b>x', 'away_team': '"&\'', 'posteam': '<b>x',
            'down': 1, 'distance': 10, 'field_position': 70, 'play_type': 'run', 'season': 2024, 'week': 1,
            'desc': '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'}
    subprocess.run([os.environ['GW_BUILDDIR'] + '/gridwire', 'produce', '-t', 'nfl-plays', '-q'],
                   input=json.dumps(play) + '\n', text=True, timeout=120)
    until(lambda: '2024_99_<b>' in page_games(b))
    b.run('location.hash = "#game=" + encodeURIComponent("2024_99_<b>")')
    until(lambda: b.run('return document.getElementById("home-short").textContent') == '<b>x')
    name, hit, inside, caption = b.run('''return [document.getElementById("home-name").textContent, window.hit ?? null,
        document.querySelectorAll("#game img, #game script, #game .team b, #grid b, #grid img").length,
        document.getElementById("caption").textContent];''')
    say(name == '<b>x' and hit is None and inside == 0 and '<img' in caption, 'markup in a name stays text',
        name, hit, inside, caption)
    time.sleep(0.5)
    b.run('scrollTo(0, 0)')
    b.shot('page-hostile', 1280)


def quiet(b):
    log = [e['message'] for e in b.call('POST', '/se/log', {'type': 'browser'})
           if e['level'] == 'SEVERE' and '/events' not in e['message']]
    say(not log, 'the console has no error', *log)
    foreign = b.run('''return performance.getEntriesByType("resource").map((e) => e.name)
        .filter((n) => !n.startsWith(location.origin));''')
    say(not foreign, 'nobody else was asked for anything', *foreign)


def plain(b):
    b.cdp('Emulation.setScriptExecutionDisabled', value=True)
    b.go(URL)
    until(lambda: b.call('GET', '/url').endswith('/table'))
    source = b.call('GET', '/source')
    say(b.call('GET', '/url').endswith('/table') and source.count('/table?game=') == N_GAMES + 1,
        'without JavaScript there is a table of all games', b.call('GET', '/url'), source.count('/table?game='))
    say('<b>x' not in source and '&lt;b&gt;x' in source, 'in which a name is text, too')
    b.shot('table', 1280)
    b.cdp('Emulation.setScriptExecutionDisabled', value=False)


def report(b):
    """"eval --html": the same charts, from a file, and a table for who has no JavaScript."""
    with open(f'{WORK}/report.json') as f:
        figures = json.load(f)
    bins = figures['calibration']
    b.go(f'file://{WORK}/report.html')
    until(lambda: b.run('return document.querySelectorAll("#calibration .bin").length'))
    box, dots, rows = b.run('''const svg = document.getElementById("calibration");
        return [svg.getAttribute("viewBox").split(" ").map(Number),
            [...svg.querySelectorAll(".bin")].map((c) => [Number(c.getAttribute("cx")), Number(c.getAttribute("cy"))]),
            [...document.querySelectorAll("#bins tr")].slice(1).map((r) => [...r.cells].map((c) => parseFloat(c.textContent)))];''')
    width, height = box[2] - 42 - 22, box[3] - 8 - 36
    told = [((x - 42) / width, (8 + height - y) / height) for x, y in dots]
    say(len(told) == len(bins) == len(rows) and all(
        abs(p - x['predicted']) < 1e-4 and abs(y - x['observed']) < 1e-4 for (p, y), x in zip(told, bins)),
        "the evaluation's dots are its calibration", told, bins)
    drawn = b.run('''return [...document.querySelectorAll("svg[data-home]")].map((s) => [Number(s.dataset.plays),
        document.querySelectorAll(`#${s.id.replace("game", "plays")} tr`).length - 1, s.querySelectorAll(".curve").length]);''')
    say(len(drawn) == 2 and all(plays == rows > 100 and curves == 1 for plays, rows, curves in drawn), 'its games are drawn', drawn)
    told = b.run('''return ["quarters", "minutes", "inputs"].map((id) => [document.querySelectorAll(`#${id} .bin`).length,
        [...document.querySelectorAll(`#${id} path`)].map((p) => p.getAttribute("d").split(/[ML]/).length - 1)]);''')
    say(told[0][0] == len(figures['by_quarter']) and told[1][1][::2] == [60, 60] and told[2][0] > 4,
        'and log-loss by quarter and minute, and what it leans on', told)
    for name, width, height in SIZES:
        for theme in ('light', 'dark'):
            b.size(width, height, theme)
            if AXE:
                with open(AXE) as f:
                    b.run(f.read())
                found = b.wait('axe.run().then((r) => done(r.violations.map((v) => `${v.id}: ${v.nodes[0].html}`)));')
                say(not found, f'the evaluation, {name}, {theme}: axe finds nothing', *found)
            else:
                print(f'skip the evaluation, {name}, {theme}: axe finds nothing')
            b.shot(f'report-{name}-{theme}', width)
    b.size(1280, 900, 'light')
    b.cdp('Emulation.setScriptExecutionDisabled', value=True)
    b.go(f'file://{WORK}/report.html')
    b.shot('report-plain', 1280)
    b.cdp('Emulation.setScriptExecutionDisabled', value=False)


def hostile_viewers():
    refused = 0
    crowd = [socket.create_connection((HOST, int(PORT))) for _ in range(60)]
    for i, s in enumerate(crowd):
        s.settimeout(60)
        if i % 3 == 0:
            s.sendall(b'GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n')		# and never reads
        elif i % 3 == 1:
            s.sendall(b'GET /' + b'a' * 9000)
            refused += s.recv(100).startswith(b'HTTP/1.1 414')
        else:
            s.sendall(b'GET /..%2f..%2fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n')
            refused += s.recv(100).startswith(b'HTTP/1.1 400')
    with urllib.request.urlopen(URL + 'model.json', timeout=60) as answer:
        say(answer.status == 200 and refused == 40, 'a crowd of hostile viewers harms nobody', refused)
    for s in crowd:
        s.close()


def main():
    cutter = Cutter()
    cutter.start()
    b = Browser()
    try:
        b.size(1280, 900, 'light')
        b.cdp('Performance.enable', timeDomain='threadTicks')
        b.go(f'http://127.0.0.1:{cutter.port}/')
        want = whole_sunday(b, cutter)
        chart(b, want)
        b.run('document.activeElement?.blur()')
        order(b)
        keyboard(b)
        advice(b, cutter.port)
        looks(b)
        hostile_viewers()
        hostile_name(b)
        quiet(b)
        plain(b)
        report(b)
    finally:
        b.close()


main()
