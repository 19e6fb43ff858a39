// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace sluice::webhooks {

/// What a name leads to; no addresses, or why there are none.
struct Found {
  boost::system::error_code error{};
  std::vector<boost::asio::ip::address> addresses{};
};
/// Finds a host. May block for as long as name servers let it wait; called on any thread.
using Lookup = std::function<Found(const std::string& host)>;
/// As the system does it.
[[nodiscard]] Found look_up(const std::string& host);

/// Finds hosts, each on a thread of its own: a name server that says nothing holds up nobody but
/// those who asked for its names.
///
/// Role       Between a loop and calls that block, which the system gives no way to end.
/// Threading  Confined to the loop's thread; answers on it.
/// Ownership  Borrows the loop, which must outlive it. After its end nobody is answered; a lookup
///            that is under way ends by itself.
/// Units      None.
/// Errors     In the answer, also of a thread that could not be had.
/// Cost       A thread for as long as the lookup takes: whoever asks bounds how many those are.
class Lookups {
public:
  Lookups(boost::asio::io_context& loop, Lookup lookup);
  ~Lookups();
  Lookups(const Lookups&) = delete;
  Lookups& operator=(const Lookups&) = delete;

  void find(std::string host, std::function<void(Found)> answer);

private:
  struct Mailbox;
  struct Waiting {
    std::function<void(Found)> answer;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> busy;
  };
  void answer(std::uint64_t number, Found found);

  boost::asio::io_context& loop_;
  Lookup lookup_;
  std::shared_ptr<Mailbox> mailbox_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t last_ = 0;
};

}  // namespace sluice::webhooks
