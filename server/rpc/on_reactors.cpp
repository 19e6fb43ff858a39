// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/on_reactors.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <latch>
#include <memory>
#include <mutex>
#include <utility>

namespace sluice {

namespace {

/// How many have still to end; shared, because a reactor may report after nobody waits.
struct Outstanding {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t left;
};

}  // namespace

Result<boost::asio::ip::address> listening_address(const std::string& host,
                                                   const std::string& option) {
  using boost::asio::ip::tcp;
  boost::asio::io_context io;
  boost::system::error_code error;
  const auto found = tcp::resolver(io).resolve(host, "", tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Fault{FaultCode::invalid_argument,
                 option + ": \"" + host + "\" is no address of this machine: " + error.message()};
  }
  return found.begin()->endpoint().address();
}

void on_each_reactor(Engine& engine, const std::function<void(std::size_t)>& job) {
  std::latch left(engine.reactor_count());
  for (std::uint16_t i = 0; i < engine.reactor_count(); ++i) {
    engine.loop(ReactorIndex{i}).post([&, i] {
      job(i);
      left.count_down();
    });
  }
  left.wait();
}

bool finish_on_each_reactor(
    Engine& engine, std::chrono::milliseconds patience,
    const std::function<void(std::size_t, std::function<void()> ended)>& begin) {
  const auto outstanding = std::make_shared<Outstanding>();
  outstanding->left = engine.reactor_count();
  on_each_reactor(engine, [&](std::size_t i) {
    begin(i, [outstanding] {
      const std::lock_guard lock(outstanding->mutex);
      --outstanding->left;
      outstanding->changed.notify_one();
    });
  });
  std::unique_lock lock(outstanding->mutex);
  return outstanding->changed.wait_for(lock, patience, [&] { return outstanding->left == 0; });
}

}  // namespace sluice
