// SPDX-License-Identifier: Apache-2.0
#include "tests/protocol/client/stand_in.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <numeric>
#include <utility>

#include "protocol/codec.hpp"
#include "protocol/transport/message_stream.hpp"

namespace sluice::client {

using boost::asio::ip::tcp;

namespace {

constexpr std::chrono::seconds patience{20};

[[noreturn]] void give_up(const char* awaited) {
  // A test that waits in vain says so, and does not hang.
  std::fprintf(stderr, "waited in vain for %s\n", awaited);
  std::abort();
}

}  // namespace

class StandIn::Gateway final : public wire::Gateway::Server {
public:
  explicit Gateway(StandIn& in) : in_(in) {}

protected:
  kj::Promise<void> check(CheckContext context) override {
    std::vector<TenantId> tenants;
    for (const auto check : context.getParams().getChecks()) {
      tenants.push_back(TenantId{check.getTenantHigh(), check.getTenantLow()});
    }
    bool hold = false;
    {
      const std::lock_guard lock(in_.mutex_);
      in_.calls_.push_back(std::move(tenants));
      hold = in_.holding_;
    }
    in_.changed_.notify_all();
    if (!hold) {
      answer(context, true);
      return kj::READY_NOW;
    }
    auto promise = kj::newPromiseAndFulfiller<bool>();
    in_.held_.push_back(Held{kj::mv(promise.fulfiller)});
    return promise.promise.then([this, context](bool whole) mutable { answer(context, whole); });
  }

  kj::Promise<void> meters(MetersContext context) override {
    const std::lock_guard lock(in_.mutex_);
    encode_meters(in_.told_.meters,
                  context.getResults().initMeters(static_cast<unsigned>(in_.told_.meters.size())));
    return kj::READY_NOW;
  }

private:
  void answer(CheckContext& context, bool whole) {
    CheckDecoder decoder;
    SLUICE_INVARIANT(decoder.decode(context.getParams().getChecks()).ok());
    const auto checks = decoder.checks();
    for (std::size_t i = 0; i < checks.size(); ++i) {
      Decision& decision = decoder.decisions()[i];
      decision.outcome = Outcome::allowed;
      decision.has_reading = true;
      decision.reading.limit = LimitId{1};
      if (!checks[i].charges.empty()) {
        decision.reading.meter = checks[i].charges.front().meter;
        decision.reading.used = checks[i].charges.front().amount;
      }
      decision.reading.held = Amount{static_cast<std::uint64_t>(checks[i].ttl.count())};
      decision.repeated = checks[i].id != EntryId{} && !in_.seen_.insert(checks[i].id).second;
      if (checks[i].mode == Mode::best_effort) {
        decision.granted = decision.reading.used;
        decision.overage = decision.reading.used;
        decision.price_micros = decision.reading.used.raw();
        decision.would_deny.add(LimitId{2});
        decision.overrun = true;
      }
      if (Explanation* const place = decoder.explanation_of(static_cast<std::uint32_t>(i))) {
        decision.id = DecisionId{5};
        *place = {decision.id, {}, checks[i].mode, decision.outcome, {{decision.reading}}};
      }
    }
    const auto count = static_cast<unsigned>(checks.size());
    auto decisions = context.getResults().initDecisions(count);
    decoder.encode(decisions);
    if (!whole) {
      context.getResults().initDecisions(count - 1);
    }
  }

  StandIn& in_;
};

class StandIn::Front final : public wire::Front::Server {
public:
  explicit Front(StandIn& in) : in_(in) {}

protected:
  kj::Promise<void> enter(EnterContext context) override {
    const std::lock_guard lock(in_.mutex_);
    const Told& told = in_.told_;
    auto welcome = context.getResults().initWelcome();
    welcome.setProtocol(told.protocol);
    welcome.setServer("stand-in/1");
    encode_meters(told.meters, welcome.initMeters(static_cast<unsigned>(told.meters.size())));
    auto shards = welcome.initShards();
    auto endpoints = shards.initEndpoints(static_cast<unsigned>(told.endpoints.size()));
    for (unsigned i = 0; i < endpoints.size(); ++i) {
      endpoints[i].setHost("127.0.0.1");
      endpoints[i].setPort(told.endpoints[i] == 0 ? in_.port_ : told.endpoints[i]);
    }
    auto owners = shards.initOwners(static_cast<unsigned>(told.owners.size()));
    for (unsigned i = 0; i < owners.size(); ++i) {
      owners.set(i, told.owners[i]);
    }
    welcome.setGateway(kj::heap<Gateway>(in_));
    if (in_.make_operator) {
      auto administration = in_.make_operator();
      welcome.setOperator(administration);
      welcome.setTenantAdmin(administration);
    } else if (in_.make_tenant_admin) {
      welcome.setTenantAdmin(in_.make_tenant_admin());
    }
    return kj::READY_NOW;
  }

private:
  StandIn& in_;
};

struct StandIn::Connection {
  Connection(Loop& loop, tcp::socket socket, wire::Front::Client front)
      : stream(make_message_stream(loop, std::move(socket), StreamBounds{})),
        network(*stream, capnp::rpc::twoparty::Side::SERVER),
        rpc(capnp::makeRpcServer(network, kj::mv(front))) {}

  kj::Own<capnp::MessageStream> stream;
  capnp::TwoPartyVatNetwork network;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc;
};

StandIn::StandIn() : StandIn(Told{}) {}

StandIn::StandIn(Told told) : told_(std::move(told)), acceptor_(loop_.io()) {
  std::promise<void> listening;
  thread_ = std::thread([this, &listening] {
    const Loop::Scope scope(loop_);
    acceptor_ = tcp::acceptor(loop_.io(), {boost::asio::ip::address_v4::loopback(), 0});
    port_ = acceptor_.local_endpoint().port();
    accept();
    listening.set_value();
    serve();
  });
  listening.get_future().wait();
}

StandIn::~StandIn() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  loop_.post([] {});
  thread_.join();
}

void StandIn::serve() {
  for (;;) {
    loop_.turn({}, std::chrono::seconds{1});
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      held_.clear();
      open_.clear();
      return;
    }
  }
}

void StandIn::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    if (error) {
      return;
    }
    bool babble = false;
    {
      const std::lock_guard lock(mutex_);
      ++connection_count_;
      babble = babbling_;
    }
    changed_.notify_all();
    if (babble) {
      const std::string nonsense(64, '\x7f');
      boost::system::error_code ignored;
      boost::asio::write(socket, boost::asio::buffer(nonsense), ignored);
    } else {
      open_.push_back(
          std::make_unique<Connection>(loop_, std::move(socket), kj::heap<Front>(*this)));
    }
    accept();
  });
}

void StandIn::on_thread(std::function<void()> job) {
  std::promise<void> done;
  loop_.post([&] {
    job();
    done.set_value();
  });
  done.get_future().wait();
}

void StandIn::tell(Told told) {
  const std::lock_guard lock(mutex_);
  told_ = std::move(told);
}

void StandIn::stop() {
  on_thread([this] {
    acceptor_.close();
    held_.clear();
    open_.clear();
  });
}

void StandIn::start() {
  on_thread([this] {
    acceptor_ = tcp::acceptor(loop_.io(), {boost::asio::ip::address_v4::loopback(), port_});
    accept();
  });
}

void StandIn::hold() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void StandIn::release() {
  on_thread([this] {
    {
      const std::lock_guard lock(mutex_);
      holding_ = false;
    }
    for (Held& held : std::exchange(held_, {})) {
      held.whole->fulfill(true);
    }
  });
}

void StandIn::answer_short() {
  on_thread([this] {
    held_.front().whole->fulfill(false);
    held_.pop_front();
  });
}

void StandIn::freeze() {
  frozen_.lock();
  const auto reached = std::make_shared<std::promise<void>>();
  loop_.post([this, reached] {
    reached->set_value();
    const std::lock_guard until_thawed(frozen_);
  });
  reached->get_future().wait();
}

void StandIn::thaw() {
  frozen_.unlock();
}

void StandIn::hang_up() {
  on_thread([this] {
    held_.clear();
    open_.clear();
  });
}

void StandIn::babble() {
  const std::lock_guard lock(mutex_);
  babbling_ = true;
}

std::vector<std::vector<TenantId>> StandIn::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

std::size_t StandIn::connections() const {
  const std::lock_guard lock(mutex_);
  return connection_count_;
}

void StandIn::await_calls(std::size_t count) const {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return calls_.size() >= count; })) {
    give_up("a call");
  }
}

void StandIn::await_checks(std::size_t count) const {
  const auto came = [this] {
    return std::accumulate(calls_.begin(), calls_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& call) { return sum + call.size(); });
  };
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return came() >= count; })) {
    give_up("a check");
  }
}

void StandIn::await_connections(std::size_t count) const {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, patience, [&] { return connection_count_ >= count; })) {
    give_up("a connection");
  }
}

}  // namespace sluice::client
