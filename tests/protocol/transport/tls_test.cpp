// SPDX-License-Identifier: Apache-2.0
#include "protocol/transport/tls.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>

#include "tests/protocol/transport/stream_spec.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_directory.hpp"

namespace sluice {
namespace {

using testing::HasSubstr;

/// Two streams on two ends of a real connection, one of them the server's.
class TlsStreamSpec : public testing::Test {
public:
  ~TlsStreamSpec() noexcept override = default;

protected:
  using Tcp = boost::asio::ip::tcp;

  void connect(const TlsClientFiles& client, const TlsServerFiles& server,
               const std::string& server_name = "localhost") {
    const TlsContext ours = make_tls_client(client);
    const TlsContext theirs = make_tls_server(server);
    ASSERT_EQ(ours.problem, "");
    ASSERT_EQ(theirs.problem, "");
    Tcp::acceptor acceptor{loop_.io(), {boost::asio::ip::address_v4::loopback(), 0}};
    Tcp::socket calling{loop_.io(), Tcp::v4()};
    calling.connect(acceptor.local_endpoint());
    Tcp::socket accepted = acceptor.accept();
    client_ =
        make_message_stream(loop_, std::move(calling), {}, TlsSession::calling(ours, server_name));
    server_ = make_message_stream(loop_, std::move(accepted), {}, TlsSession::accepting(theirs));
  }

  struct Reading {
    Arrival arrival;
    kj::Promise<void> promise = nullptr;
  };
  /// Reads one message; what becomes of it is seen once it is settled.
  static std::unique_ptr<Reading> start_reading(capnp::MessageStream& stream) {
    auto reading = std::make_unique<Reading>();
    Arrival& arrival = reading->arrival;
    reading->promise = stream.tryReadMessage()
                           .then(
                               [&arrival](kj::Maybe<kj::Own<capnp::MessageReader>>&& message) {
                                 arrival.settled = true;
                                 KJ_IF_MAYBE (reader, message) {
                                   arrival.text = text_of(**reader);
                                 }
                               },
                               [&arrival](kj::Exception&& failure) {
                                 arrival.settled = true;
                                 arrival.reason = failure.getDescription().cStr();
                               })
                           .eagerlyEvaluate(nullptr);
    return reading;
  }
  [[nodiscard]] bool settles(const Reading& reading) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!reading.arrival.settled && std::chrono::steady_clock::now() < give_up) {
      loop_.turn(std::chrono::nanoseconds{0}, std::chrono::milliseconds{10});
    }
    return reading.arrival.settled;
  }
  static void write(capnp::MessageStream& stream, const std::string& text) {
    stream.writeMessage(*hello(text)).detach([](kj::Exception&&) {});
  }

  /// Why the two do not come together; empty if they do.
  std::string objection_of_client() { return objection(*client_); }
  std::string objection_of_server() { return objection(*server_); }

  test::TemporaryDirectory directory_;
  test::Certificates files_{directory_.path()};
  const TlsServerFiles server_files_{files_.server, files_.server_key, {}};
  const TlsServerFiles strict_server_{files_.server, files_.server_key, files_.authority};
  const TlsClientFiles trusting_{files_.authority, {}, {}};
  const TlsClientFiles known_{files_.authority, files_.client, files_.client_key};
  Loop loop_;
  Loop::Scope scope_{loop_};
  kj::Own<capnp::MessageStream> client_;
  kj::Own<capnp::MessageStream> server_;

private:
  /// Both sides read and write, so that both get as far as they can.
  std::string objection(capnp::MessageStream& side) {
    const auto at_client = start_reading(*client_);
    const auto at_server = start_reading(*server_);
    write(*client_, "from the client");
    write(*server_, "from the server");
    const Reading& asked = &side == client_.get() ? *at_client : *at_server;
    EXPECT_TRUE(settles(asked));
    return asked.arrival.reason;
  }
};

TEST_F(TlsStreamSpec, CarriesMessagesBothWays) {
  connect(trusting_, server_files_);
  const auto at_client = start_reading(*client_);
  const auto at_server = start_reading(*server_);
  write(*client_, "from the client");
  write(*server_, "from the server");
  ASSERT_TRUE(settles(*at_client) && settles(*at_server));
  EXPECT_EQ(at_client->arrival.text, "from the server");
  EXPECT_EQ(at_server->arrival.text, "from the client");
}

TEST_F(TlsStreamSpec, CarriesWhatIsLargerThanARecordAndABuffer) {
  connect(trusting_, server_files_);
  const std::string text(900'000, 'x');
  const auto at_server = start_reading(*server_);
  const auto at_client = start_reading(*client_);
  write(*client_, text);
  ASSERT_TRUE(settles(*at_server));
  EXPECT_EQ(at_server->arrival.text, text);
}

TEST_F(TlsStreamSpec, CarriesManyMessagesInTheirOrder) {
  connect(trusting_, server_files_);
  const auto at_client = start_reading(*client_);
  for (int i = 0; i < 1000; ++i) {
    write(*client_, std::to_string(i));
  }
  for (int i = 0; i < 1000; ++i) {
    const auto at_server = start_reading(*server_);
    ASSERT_TRUE(settles(*at_server));
    ASSERT_EQ(at_server->arrival.text, std::to_string(i));
  }
}

TEST_F(TlsStreamSpec, KnowsAServerByItsAddressToo) {
  connect(trusting_, server_files_, "127.0.0.1");
  EXPECT_EQ(objection_of_client(), "");
}

TEST_F(TlsStreamSpec, RefusesAServerOfAnotherName) {
  for (const char* const name : {"example.org", "127.0.0.2"}) {
    connect(trusting_, server_files_, name);
    EXPECT_THAT(objection_of_client(), HasSubstr("certificate is refused")) << name;
  }
}

TEST_F(TlsStreamSpec, RefusesAServerThatNobodyVouchesFor) {
  connect({}, server_files_);
  EXPECT_THAT(objection_of_client(), HasSubstr("certificate is refused"));
}

TEST_F(TlsStreamSpec, AsksAClientForACertificateIfItIsToldTo) {
  connect(known_, strict_server_);
  EXPECT_EQ(objection_of_server(), "");
  connect(trusting_, strict_server_);
  EXPECT_THAT(objection_of_server(), HasSubstr("did not return a certificate"));
}

TEST_F(TlsStreamSpec, EndsAConnectionOfAClientInTheClear) {
  connect(trusting_, server_files_);
  boost::asio::ip::tcp::acceptor acceptor{loop_.io(), {boost::asio::ip::address_v4::loopback(), 0}};
  boost::asio::ip::tcp::socket peer{loop_.io()};
  peer.connect(acceptor.local_endpoint());
  server_ = make_message_stream(loop_, acceptor.accept(), {},
                                TlsSession::accepting(make_tls_server(server_files_)));
  const auto at_server = start_reading(*server_);
  const auto frame = frame_of(*hello("in the clear"));
  boost::asio::write(peer, boost::asio::buffer(frame.data(), frame.size()));
  ASSERT_TRUE(settles(*at_server));
  EXPECT_THAT(at_server->arrival.reason, HasSubstr("TLS: "));
}

TEST(TlsContextSpec, NamesTheFileThatIsOfNoUse) {
  const test::TemporaryDirectory directory;
  const test::Certificates files{directory.path()};
  const std::string none = directory.path() / "none.pem";
  EXPECT_THAT(make_tls_server({none, files.server_key, {}}).problem, HasSubstr(none));
  EXPECT_THAT(make_tls_server({files.server, none, {}}).problem, HasSubstr(none));
  EXPECT_THAT(make_tls_server({files.server, files.client_key, {}}).problem,
              HasSubstr(files.client_key));
  EXPECT_THAT(make_tls_server({files.server, files.server_key, none}).problem, HasSubstr(none));
  EXPECT_THAT(make_tls_client({none, {}, {}}).problem, HasSubstr(none));
}

}  // namespace
}  // namespace sluice
