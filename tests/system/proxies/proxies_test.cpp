// SPDX-License-Identifier: Apache-2.0
// Goal    The configurations in docs/proxies/ do what they say.
// Method  Each is started as it is, with other ports, in front of a real server that asks for a
//         credential and of a program that answers everything; requests go through it. What stands
//         in for a server that says 503 is a program that says nothing else.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/shipped.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/webhook_receiver.hpp"

namespace sluice::test {
namespace {

constexpr std::chrono::seconds patience{20};

bool answers(std::uint16_t port) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (std::chrono::steady_clock::now() < deadline) {
    try {
      HttpPeer peer(port);
      return true;
    } catch (const std::runtime_error&) {  // Not yet.
    }
  }
  return false;
}

/// The real server with a tenant that has two requests an hour, and something to protect.
class ProxySpec : public testing::Test {
protected:
  ProxySpec() {
    const std::string output = server_.process().output();
    const std::size_t begin = output.find("slk_");
    first_key_ = output.substr(begin, output.find('\n', begin) - begin);
    ctl({"tenant", "create", "acme", "--limit", "hourly=api_requests:2/hour"});
    gateway_key_ = ctl({"key", "create", "edge", "--kind", "gateway"})["key"];
    const std::string line = app_.wait_for_line("Serving HTTP", patience);
    app_port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.find("port ") + 5)));
  }

  nlohmann::json ctl(std::vector<std::string> words) const {
    words.insert(words.begin(), {program("sluicectl"), "--json"});
    const Finished done =
        run(std::move(words), {"SLUICE_SERVER=127.0.0.1:" + std::to_string(server_.port()),
                               "SLUICE_CREDENTIAL=" + first_key_});
    EXPECT_EQ(done.exit_code, 0) << done.output;
    return nlohmann::json::parse(done.output);
  }

  void put(const std::string& name, const std::string& text) const {
    std::ofstream{directory_.path() / name} << text;
  }
  /// A file of docs/proxies/ with the ports of this test.
  void place(const std::string& name, std::uint16_t sluice) const {
    std::string text = text_of(std::string{SLUICE_DOCS}.append("/proxies/").append(name));
    replace_all(text, "127.0.0.1:8080", "127.0.0.1:" + std::to_string(port_));
    replace_all(text, "127.0.0.1:7480", "127.0.0.1:" + std::to_string(sluice));
    replace_all(text, "127.0.0.1:9000", "127.0.0.1:" + std::to_string(app_port_));
    put(name, text);
  }

  /// What is started in front of the port that Sluice has, and shows the key.
  using Start = std::function<void(std::uint16_t sluice, const std::string& key)>;

  // One process, so that nothing of it is left when it is ended.
  void start_nginx(std::uint16_t sluice, const std::string& key) {
    place("nginx.conf", sluice);
    put("sluice_credential.conf", "proxy_set_header Authorization \"Bearer " + key + "\";\n");
    proxy_ = std::make_unique<Process>(std::vector<std::string>{
        "/usr/sbin/nginx", "-p", directory_.path(), "-c", directory_.path() / "nginx.conf", "-e",
        "stderr", "-g", "daemon off; master_process off;"});
    ASSERT_TRUE(answers(port_)) << proxy_->output();
  }
  void start_haproxy(std::uint16_t sluice, const std::string& key) {
    place("sluice.lua", sluice);
    place("haproxy.cfg", sluice);
    put("sluice.key", key + "\n");
    proxy_ = std::make_unique<Process>(
        std::vector<std::string>{"/usr/sbin/haproxy", "-C", directory_.path(), "-f",
                                 directory_.path() / "haproxy.cfg", "-db"});
    ASSERT_TRUE(answers(port_)) << proxy_->output();
  }
  void stop_proxy() {
    proxy_.reset();
    port_ = free_port();
  }

  HttpReply get(const std::string& path, const std::string& tenant = "acme") {
    return HttpPeer(port_).ask("GET", path, "", {{"X-Tenant", tenant}, {"Connection", "close"}});
  }

  void expect_nobody_is_asked(const std::string& why) {
    EXPECT_EQ(get("/").status, 200) << "this part fails open: " << why;
    EXPECT_EQ(get("/paid/").status, 503) << "this part fails closed: " << why;
  }

  /// What every proxy does, whichever it is.
  void expect_the_documented(const Start& start) {
    start(server_.http_port(), gateway_key_);
    const HttpReply allowed = get("/");
    EXPECT_EQ(allowed.status, 200) << proxy_->output();
    EXPECT_EQ(allowed.header("ratelimit"), R"("hourly";r=1;t=3600)");
    EXPECT_EQ(get("/paid/").status, 200);
    const HttpReply limited = get("/");
    EXPECT_EQ(limited.status, 429) << limited.body;
    EXPECT_EQ(limited.header("ratelimit-policy"), R"("hourly";q=2;w=3600)");
    EXPECT_EQ(limited.header("ratelimit"), R"("hourly";r=0;t=3600)");
    EXPECT_EQ(limited.header("retry-after"), "3600");
    EXPECT_EQ(get("/", "nobody").status, 403);
    EXPECT_EQ(get("/", "").status, 403);
    server_.process().signal(SIGSTOP);
    expect_nobody_is_asked("the server hangs");
    server_.process().signal(SIGCONT);
    EXPECT_EQ(get("/").status, 429) << "and is asked again";
    ASSERT_EQ(server_.stop(), 0);
    expect_nobody_is_asked("the server is gone");
  }

  void expect_refusals_to_answer_are_no_answers(const Start& start) {
    const WebhookReceiver unable{[](std::size_t) { return 503U; }};
    start(unable.port(), gateway_key_);
    expect_nobody_is_asked("the server cannot say");
    stop_proxy();
    start(server_.http_port(), gateway_key_.substr(0, gateway_key_.size() - 4) + "aaaa");
    expect_nobody_is_asked("the key is not good");
  }

  const Start nginx = [this](std::uint16_t sluice, const std::string& key) {
    start_nginx(sluice, key);
  };
  const Start haproxy = [this](std::uint16_t sluice, const std::string& key) {
    start_haproxy(sluice, key);
  };

private:
  TemporaryDirectory directory_;
  ServerProcess server_{directory_.path() / "data",
                        {"--http-listen", "127.0.0.1:0", "--auth", "required", "--simulated-time",
                         "2025-06-10T12:00:00Z"}};
  Process app_{{"python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory",
                directory_.path(), "0"}};
  std::string first_key_;
  std::string gateway_key_;
  std::uint16_t app_port_ = 0;
  std::uint16_t port_ = free_port();
  std::unique_ptr<Process> proxy_;
};

TEST_F(ProxySpec, NginxAsksBeforeItPassesOn) {
  expect_the_documented(nginx);
}

TEST_F(ProxySpec, NginxTakesARefusalToAnswerForNoAnswer) {
  expect_refusals_to_answer_are_no_answers(nginx);
}

TEST_F(ProxySpec, HaproxyAsksBeforeItPassesOn) {
  expect_the_documented(haproxy);
}

TEST_F(ProxySpec, HaproxyTakesARefusalToAnswerForNoAnswer) {
  expect_refusals_to_answer_are_no_answers(haproxy);
}

}  // namespace
}  // namespace sluice::test
