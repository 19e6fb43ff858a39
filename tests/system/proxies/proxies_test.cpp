// SPDX-License-Identifier: Apache-2.0
// Goal    The configurations in docs/proxies/ do what they say.
// Method  Each is started as it is, with other ports, in front of a real server and of a program
//         that answers everything; requests go through it.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/support/http_peer.hpp"
#include "tests/support/process.hpp"
#include "tests/support/served.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice::test {
namespace {

constexpr std::chrono::seconds patience{20};

/// One that nobody has now.
std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  const bool taken =
      ::bind(descriptor, generic, size) == 0 && ::getsockname(descriptor, generic, &size) == 0;
  ::close(descriptor);
  if (!taken) {
    throw std::runtime_error("there is no port");
  }
  return ntohs(address.sin_port);
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

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

/// The real server with a tenant that has two requests, and something to protect.
class ProxySpec : public testing::Test {
protected:
  ProxySpec() {
    static_cast<void>(served_.create("acme", {window_limit("seats", 2, Period::never)}));
    const std::string line = app_.wait_for_line("Serving HTTP", patience);
    app_port_ = static_cast<std::uint16_t>(std::stoi(line.substr(line.find("port ") + 5)));
  }

  /// A file of docs/proxies/ with the ports of this test.
  std::string placed(const std::string& name) {
    std::stringstream content;
    content << std::ifstream{std::string{SLUICE_DOCS}.append("/proxies/").append(name)}.rdbuf();
    std::string text = content.str();
    EXPECT_FALSE(text.empty()) << name;
    replace_all(text, "127.0.0.1:8080", "127.0.0.1:" + std::to_string(port_));
    replace_all(text, "127.0.0.1:7480",
                "127.0.0.1:" + std::to_string(served_.server().http_port()));
    replace_all(text, "127.0.0.1:9000", "127.0.0.1:" + std::to_string(app_port_));
    const std::string path = directory_.path() / name;
    std::ofstream{path} << text;
    return path;
  }

  HttpReply get(const std::string& path, const std::string& tenant = "acme") {
    return HttpPeer(port_).ask("GET", path, "", {{"X-Tenant", tenant}, {"Connection", "close"}});
  }

  /// What every proxy does, whichever it is.
  void expect_the_documented() {
    ASSERT_TRUE(answers(port_)) << proxy_->output();
    const HttpReply allowed = get("/");
    EXPECT_EQ(allowed.status, 200) << proxy_->output();
    EXPECT_EQ(allowed.header("ratelimit"), R"("seats";r=1)");
    EXPECT_EQ(get("/paid/").status, 200);
    const HttpReply limited = get("/");
    EXPECT_EQ(limited.status, 429) << limited.body;
    EXPECT_EQ(limited.header("ratelimit-policy"), R"("seats";q=2)");
    EXPECT_EQ(limited.header("ratelimit"), R"("seats";r=0)");
    EXPECT_EQ(get("/", "nobody").status, 403);
    EXPECT_EQ(get("/", "").status, 403);
    ASSERT_EQ(served_.stop(), 0);
    EXPECT_EQ(get("/").status, 200) << "this part fails open";
    EXPECT_EQ(get("/paid/").status, 503) << "this part fails closed";
  }

  TemporaryDirectory directory_;
  Served served_{{"--http-listen", "127.0.0.1:0"}};
  Process app_{{"python3", "-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory",
                directory_.path(), "0"}};
  std::uint16_t app_port_ = 0;
  std::uint16_t port_ = free_port();
  std::unique_ptr<Process> proxy_;
};

TEST_F(ProxySpec, NginxAsksBeforeItPassesOn) {
  const std::string file = placed("nginx.conf");
  // One process, so that nothing of it is left when it is ended.
  proxy_ = std::make_unique<Process>(
      std::vector<std::string>{"/usr/sbin/nginx", "-p", directory_.path(), "-c", file, "-e",
                               "stderr", "-g", "daemon off; master_process off;"});
  expect_the_documented();
}

TEST_F(ProxySpec, HaproxyAsksBeforeItPassesOn) {
  static_cast<void>(placed("sluice.lua"));
  const std::string file = placed("haproxy.cfg");
  proxy_ = std::make_unique<Process>(
      std::vector<std::string>{"/usr/sbin/haproxy", "-C", directory_.path(), "-f", file, "-db"});
  expect_the_documented();
}

}  // namespace
}  // namespace sluice::test
