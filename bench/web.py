# SPDX-License-Identifier: Apache-2.0
"""Checks by HTTP, ours beside nginx that asks Redis; and what checks notice of a scrape."""

import json
import os
import pathlib
import threading
import urllib.request

from harness import ROOT, Failed, Server, free_port, load, output_of

NGINX_MODULES = pathlib.Path("/usr/lib/nginx/modules")
CONNECTIONS = 64
SCRAPE_INTERVAL_S = 1
PAIRS = 5


class Nginx(Server):
    """An nginx whose only location decides a check by Redis's script, with one worker."""

    def __init__(self, directory, redis, modules=NGINX_MODULES, lua=""):
        port = free_port()
        place = directory / "nginx"
        place.mkdir()
        configuration = place / "nginx.conf"
        configuration.write_text(f"""
load_module {modules}/ndk_http_module.so;
load_module {modules}/ngx_http_lua_module.so;
daemon off;
{"user root;" if os.geteuid() == 0 else ""}
worker_processes 1;
pid {place}/nginx.pid;
error_log {place}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path {place}/body;
  proxy_temp_path {place}/proxy;
  fastcgi_temp_path {place}/fastcgi;
  uwsgi_temp_path {place}/uwsgi;
  scgi_temp_path {place}/scgi;
  {lua}
  server {{
    listen 127.0.0.1:{port};
    location = /v1/check {{
      set $redis_sha {redis.sha};
      set $redis_port {redis.port};
      content_by_lua_file {ROOT}/bench/redis_check.lua;
    }}
  }}
}}
""")
        super().__init__(["nginx", "-p", place, "-c", configuration], port, directory / "nginx.log")


def http_checks(port, tenants, seconds):
    """Single checks a second over 64 connections, by wrk."""
    told = output_of(["wrk", "-t", 1, "-c", CONNECTIONS, "-d", f"{max(1, round(seconds))}s", "-s",
                      ROOT / "bench" / "check.lua", f"http://127.0.0.1:{port}/v1/check", "--",
                      tenants])
    result = json.loads(told.strip().splitlines()[-1])
    if result["failed"]:
        raise Failed(f"wrk: {result['failed']} checks on port {port} were not allowed")
    return result["per_second"]


class Scraper(threading.Thread):
    """Reads /metrics each second until it is left."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.url = f"http://127.0.0.1:{port}/metrics"
        self.left = threading.Event()
        self.scrapes = 0

    def run(self):
        while not self.left.is_set():
            with urllib.request.urlopen(self.url, timeout=10) as page:
                self.scrapes += 1 if page.read() else 0
            self.left.wait(SCRAPE_INTERVAL_S)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.left.set()
        self.join()


def beside_scrapes(server, seconds):
    """The p99 of checks under full load with a scrape each second and with none."""
    def p99():
        run = load(server.port, server.tenants, "--batch", 64, "--in-flight", 50, "--duration",
                   f"{seconds}s", "--warm-up", "500ms")
        return run["latency_ns"]["p99"] / 1000

    def p99_beside_scrapes():
        with Scraper(server.http_port) as scraper:
            measured = p99()
        if scraper.scrapes < seconds / SCRAPE_INTERVAL_S / 2:
            raise Failed(f"only {scraper.scrapes} scrapes were answered")
        return measured

    pairs = [(p99_beside_scrapes(), p99()) for _ in range(PAIRS)]
    # The pair whose ratio is in the middle: what disturbs both runs of a pair does not count.
    return sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
