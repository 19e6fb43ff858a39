// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/bounded_stream.hpp"

#include <capnp/rpc.capnp.h>

#include <string>
#include <utility>

#include "server/rpc/service.hpp"

namespace sluice {

namespace {

namespace rpc = capnp::rpc;

class BoundedStream final : public capnp::MessageStream {
public:
  explicit BoundedStream(kj::Own<capnp::MessageStream> stream) : stream_(kj::mv(stream)) {}

  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(
      kj::ArrayPtr<kj::AutoCloseFd> fds, capnp::ReaderOptions options,
      kj::ArrayPtr<capnp::word> scratch) override {
    return stream_->tryReadMessage(fds, options, scratch)
        .then([this](kj::Maybe<capnp::MessageReaderAndFds>&& message) {
          KJ_IF_MAYBE (some, message) {
            count(some->reader->getRoot<rpc::Message>());
          }
          return kj::mv(message);
        });
  }
  kj::Promise<void> writeMessage(
      kj::ArrayPtr<const int> fds,
      kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>> segments) override {
    return stream_->writeMessage(fds, segments);
  }
  kj::Promise<void> writeMessages(
      kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>> messages) override {
    return stream_->writeMessages(messages);
  }
  kj::Maybe<int> getSendBufferSize() override { return stream_->getSendBufferSize(); }
  kj::Promise<void> end() override { return stream_->end(); }

private:
  void count(rpc::Message::Reader message) {
    if (message.isCall()) {
      if (!message.getCall().getSendResultsTo().isCaller()) {
        refuse("answers are sent to the caller only");
      }
      ask();
    } else if (message.isBootstrap()) {
      ask();
    } else if (message.isFinish() && open_questions_ > 0) {
      --open_questions_;
    }
  }

  void ask() {
    if (++open_questions_ > open_questions_max) {
      refuse("more than " + std::to_string(open_questions_max) + " questions are not finished");
    }
  }

  [[noreturn]] static void refuse(std::string_view reason) {
    kj::throwFatalException(refusal(kj::Exception::Type::FAILED, reason));
  }

  kj::Own<capnp::MessageStream> stream_;
  std::size_t open_questions_ = 0;
};

}  // namespace

kj::Own<capnp::MessageStream> make_bounded_stream(kj::Own<capnp::MessageStream> stream) {
  return kj::heap<BoundedStream>(kj::mv(stream));
}

}  // namespace sluice
