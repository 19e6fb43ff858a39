// SPDX-License-Identifier: Apache-2.0
#include "server/http/lobby.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <string_view>
#include <thread>
#include <utility>

#include "protocol/transport/thread_role.hpp"
#include "server/http/answer_text.hpp"
#include "server/http/answers.hpp"
#include "server/http/http_connection.hpp"
#include "server/http/shared_port.hpp"
#include "server/rpc/on_reactors.hpp"

namespace sluice::http {
namespace {

using boost::asio::ip::tcp;

/// Only those who watch the server have anything to ask.
constexpr std::size_t visitors_max = 64;
constexpr std::chrono::milliseconds accept_visitor_again_after{50};
constexpr std::chrono::milliseconds leaving_look_interval{1};
constexpr int leaving_looks = 200;

/// What there is to say before the server serves.
class StartingSite final : public Site {
public:
  StartingSite(Bounds bounds, const CountingObserver& counts, const Clock& clock)
      : bounds_(std::move(bounds)), counts_(counts), clock_(clock) {}

  [[nodiscard]] const Bounds& bounds() const override { return bounds_; }
  [[nodiscard]] std::string_view date() override { return dates_.of(clock_.now().wall); }
  [[nodiscard]] bool is_stopping() const override { return stopping; }
  void answer(Request request, Respond respond) override {
    if (request.target.path == "/healthz") {
      return respond(success(Json{{"status", "ok"}}));
    }
    Response later = failure(503, "unavailable", "the server is starting",
                             request.target.path == "/readyz" ? progress() : Json::object());
    later.headers.emplace_back("Retry-After", "1");
    respond(std::move(later));
  }

  bool stopping = false;

private:
  [[nodiscard]] Json progress() const {
    const RecoveryProgress read = counts_.recovery();
    return Json{{"ready", false},
                {"recovery", read.bytes_total == 0 ? "not begun" : "running"},
                {"recovered_bytes", read.bytes_done},
                {"recovered_bytes_total", read.bytes_total}};
  }

  Bounds bounds_;
  const CountingObserver& counts_;
  const Clock& clock_;
  DateText dates_;
};

class AsioLobby final : public Lobby {
public:
  AsioLobby(Bounds bounds, const CountingObserver& counts, const Clock& clock)
      : site_(std::make_shared<StartingSite>(std::move(bounds), counts, clock)) {}
  ~AsioLobby() override { AsioLobby::close(); }
  AsioLobby(const AsioLobby&) = delete;
  AsioLobby& operator=(const AsioLobby&) = delete;

  Result<Done> take(const boost::asio::ip::address& host, std::uint16_t port) {
    return listen_shared(acceptor_, host, port);
  }
  void serve() {
    accept();
    thread_ = std::thread{[this] {
      name_this_thread("starting");
      io_.run();
    }};
  }

  [[nodiscard]] std::uint16_t port() const override {
    boost::system::error_code gone;
    return acceptor_.local_endpoint(gone).port();
  }

  void close() override {
    if (!thread_.joinable()) {
      return;
    }
    boost::asio::post(io_, [this] { leave(); });
    thread_.join();
  }

private:
  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) {
        return;
      }
      if (error) {
        timer_.expires_after(accept_visitor_again_after);
        return timer_.async_wait([this](boost::system::error_code ended) {
          if (!ended && acceptor_.is_open()) {
            accept();
          }
        });
      }
      if (visitors_->size() < visitors_max) {
        const std::uint64_t key = ++accepted_;
        visitors_->emplace(key, Connection::open(site_, std::move(socket),
                                                 [open = visitors_, key] { open->erase(key); }));
      }
      accept();
    });
  }

  void leave() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    site_->stopping = true;
    const Visitors leaving = *visitors_;
    for (const auto& [key, visitor] : leaving) {
      if (const auto connection = visitor.lock()) {
        connection->finish();
      }
    }
    look_whether_left(leaving_looks);
  }

  // Whoever is still in the middle of a request at the end has to begin again.
  void look_whether_left(int looks) {
    if (visitors_->empty() || looks == 0) {
      return io_.stop();
    }
    timer_.expires_after(leaving_look_interval);
    timer_.async_wait([this, looks](boost::system::error_code) { look_whether_left(looks - 1); });
  }

  using Visitors = std::map<std::uint64_t, std::weak_ptr<Connection>>;

  std::shared_ptr<StartingSite> site_;
  /// Connections end with the loop at the latest, and take themselves out.
  std::shared_ptr<Visitors> visitors_ = std::make_shared<Visitors>();
  boost::asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  boost::asio::steady_timer timer_{io_};
  std::uint64_t accepted_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Lobby>> Lobby::open(const Options& options, const CountingObserver& counts,
                                           const Clock& clock) {
  if (options.host.empty()) {
    return std::unique_ptr<Lobby>{};
  }
  const auto host = listening_address(options.host, "http_listen");
  if (!host.ok()) {
    return host.fault();
  }
  if (const auto free = expect_free_port(host.value(), options.port); !free.ok()) {
    return free.fault();
  }
  auto lobby = std::make_unique<AsioLobby>(options.bounds, counts, clock);
  if (const auto taken = lobby->take(host.value(), options.port); !taken.ok()) {
    return taken.fault();
  }
  lobby->serve();
  return std::unique_ptr<Lobby>{std::move(lobby)};
}

}  // namespace sluice::http
