// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/bounded_stream.hpp"

#include <capnp/message.h>
#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>
#include <kj/async.h>

#include <functional>
#include <string>
#include <utility>

namespace sluice {
namespace {

namespace rpc = capnp::rpc;

/// A stream of which only reading matters: it has the messages that a test puts into it.
class Canned final : public capnp::MessageStream {
public:
  kj::Promise<kj::Maybe<capnp::MessageReaderAndFds>> tryReadMessage(
      kj::ArrayPtr<kj::AutoCloseFd>, capnp::ReaderOptions, kj::ArrayPtr<capnp::word>) override {
    capnp::MallocMessageBuilder message;
    next(message.initRoot<rpc::Message>());
    auto words = capnp::messageToFlatArray(message);
    auto reader = kj::heap<capnp::FlatArrayMessageReader>(words.asPtr());
    return kj::Maybe<capnp::MessageReaderAndFds>(
        capnp::MessageReaderAndFds{reader.attach(kj::mv(words)), nullptr});
  }
  kj::Promise<void> writeMessage(kj::ArrayPtr<const int>,
                                 kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>) override {
    return kj::READY_NOW;
  }
  kj::Promise<void> writeMessages(
      kj::ArrayPtr<kj::ArrayPtr<const kj::ArrayPtr<const capnp::word>>>) override {
    return kj::READY_NOW;
  }
  kj::Maybe<int> getSendBufferSize() override { return nullptr; }
  kj::Promise<void> end() override { return kj::READY_NOW; }

  std::function<void(rpc::Message::Builder)> next;
};

void call(rpc::Message::Builder message) {
  message.initCall();
}
void finish(rpc::Message::Builder message) {
  message.initFinish();
}
void bootstrap(rpc::Message::Builder message) {
  message.initBootstrap();
}
void call_for_itself(rpc::Message::Builder message) {
  message.initCall().initSendResultsTo().setYourself();
}

class BoundedStream : public testing::Test {
public:
  ~BoundedStream() noexcept override = default;

protected:
  /// Why reading such a message fails; empty if it does not.
  std::string read(void (*next)(rpc::Message::Builder)) {
    canned->next = next;
    std::string reason;
    stream->tryReadMessage(nullptr, capnp::ReaderOptions{}, nullptr)
        .then([](auto&&) {},
              [&](kj::Exception&& refused) { reason = refused.getDescription().cStr(); })
        .wait(scope);
    return reason;
  }

  kj::EventLoop loop;
  kj::WaitScope scope{loop};
  Canned* canned = nullptr;
  kj::Own<capnp::MessageStream> stream = [this] {
    auto own = kj::heap<Canned>();
    canned = own.get();
    return make_bounded_stream(kj::mv(own));
  }();
};

TEST_F(BoundedStream, RefusesOneQuestionMoreThanMayBeOpen) {
  for (std::size_t i = 0; i < open_questions_max; ++i) {
    ASSERT_EQ(read(i == 0 ? bootstrap : call), "");
  }
  EXPECT_EQ(read(call), "more than 16384 questions are not finished");
}

TEST_F(BoundedStream, ForgetsAQuestionThatIsFinished) {
  for (std::size_t i = 0; i < open_questions_max; ++i) {
    ASSERT_EQ(read(call), "");
  }
  EXPECT_EQ(read(finish), "");
  EXPECT_EQ(read(call), "");
  EXPECT_NE(read(call), "");
}

TEST_F(BoundedStream, GainsNothingFromFinishesOfNothing) {
  ASSERT_EQ(read(finish), "");
  for (std::size_t i = 0; i < open_questions_max; ++i) {
    ASSERT_EQ(read(call), "");
  }
  EXPECT_NE(read(call), "");
}

TEST_F(BoundedStream, KeepsNoAnswersForTheCallerToFetchLater) {
  EXPECT_EQ(read(call_for_itself), "answers are sent to the caller only");
}

}  // namespace
}  // namespace sluice
