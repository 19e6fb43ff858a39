// SPDX-License-Identifier: Apache-2.0
#include "server/webhooks/lookups.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace sluice::webhooks {

namespace asio = boost::asio;

Found look_up(const std::string& host) {
  asio::io_context unused{1};
  asio::ip::tcp::resolver resolver{unused};
  Found found;
  const auto entries = resolver.resolve(host, "", found.error);
  for (const auto& entry : entries) {
    found.addresses.push_back(entry.endpoint().address());
  }
  return found;
}

/// Where the threads leave what they found. They may outlive everything else.
struct Lookups::Mailbox {
  explicit Mailbox(Lookups& of) : owner(&of) {}

  void leave(std::uint64_t number, Found found) {
    const std::scoped_lock lock{mutex};
    if (owner != nullptr) {
      asio::post(owner->loop_, [owner = owner, number, found = std::move(found)]() mutable {
        owner->answer(number, std::move(found));
      });
    }
  }

  std::mutex mutex;
  Lookups* owner;  ///< Null once it is gone.
};

Lookups::Lookups(asio::io_context& loop, Lookup lookup)
    : loop_(loop), lookup_(std::move(lookup)), mailbox_(std::make_shared<Mailbox>(*this)) {}

Lookups::~Lookups() {
  const std::scoped_lock lock{mailbox_->mutex};
  mailbox_->owner = nullptr;
}

void Lookups::find(std::string host, std::function<void(Found)> answer) {
  const std::uint64_t number = ++last_;
  waiting_.emplace(number, Waiting{std::move(answer), asio::make_work_guard(loop_)});
  try {
    std::thread([mailbox = mailbox_, lookup = lookup_, number, host = std::move(host)] {
      mailbox->leave(number, lookup(host));
    }).detach();
  } catch (const std::system_error&) {
    mailbox_->leave(number, {.error = asio::error::try_again});
  }
}

void Lookups::answer(std::uint64_t number, Found found) {
  const auto waiting = waiting_.find(number);
  const auto tell = std::move(waiting->second.answer);
  waiting_.erase(waiting);
  tell(std::move(found));
}

}  // namespace sluice::webhooks
