// SPDX-License-Identifier: Apache-2.0
// Goal    A full disk under the journal refuses new charges, loses none, and heals by itself.
// Method  The real binary with its data directory on a small file system that the test fills up.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/postgres.hpp"
#include "tests/support/readiness.hpp"
#include "tests/support/served.hpp"
#include "tests/support/spenders.hpp"

namespace sluice::test {
namespace {

/// A file system of its own in memory.
class SmallDisk {
public:
  SmallDisk() {
    mounted_ = mount("sluice-test", directory_.path().c_str(), "tmpfs", 0, "size=48m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) {
      umount2(directory_.path().c_str(), MNT_DETACH);
    }
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const { return mounted_; }
  [[nodiscard]] std::string path() const { return directory_.path(); }

  /// Takes all that is free.
  void fill() const {
    struct statvfs space {};
    ASSERT_EQ(statvfs(path().c_str(), &space), 0);
    const int file = open(ballast().c_str(), O_WRONLY | O_CREAT, 0600);
    ASSERT_GE(file, 0);
    EXPECT_EQ(posix_fallocate(file, 0, static_cast<off_t>(space.f_bavail * space.f_bsize)), 0);
    close(file);
  }
  void free() const { std::filesystem::remove(ballast()); }

private:
  [[nodiscard]] std::string ballast() const { return directory_.path() / "ballast"; }

  TemporaryDirectory directory_;
  bool mounted_ = false;
};

TEST(DiskFull, RefusesNewChargesLosesNoneAndGoesOnWhenThereIsSpace) {
  const SmallDisk disk;
  if (!disk.mounted()) {
    GTEST_SKIP() << "only root can mount a small file system";
  }
  PostgresServer postgres;
  const std::string data = disk.path() + "/data";
  const std::vector<std::string> flags{
      "--postgres",    postgres.conninfo(), "--reactors",          "1",
      "--http-listen", "127.0.0.1:0",       "--journal-bytes-max", "16777216"};
  std::optional<ServerProcess> server;
  server.emplace(data, flags);
  const auto connect = [&] { return must(client::OperatorClient::open({.port = server->port()})); };
  auto administrator = connect();
  std::vector<TenantId> tenants;
  for (int i = 0; i < 200; ++i) {
    tenants.push_back(
        must(administrator->create(draft("tenant-" + std::to_string(i),
                                         {window_limit("all", 1ULL << 40U, Period::never)})))
            .id);
    // In memory, or its callers would wait for a database that is frozen instead of spending.
    must(administrator->usage(tenants.back()));
  }
  Spenders spenders{must(client::Client::open({.port = server->port()})), tenants, {.callers = 16}};
  ASSERT_TRUE(spenders.allow(1000));

  postgres.freeze();  // So that nothing of the journal can be given back.
  disk.fill();
  EXPECT_TRUE(spenders.see_a_refusal());
  const auto is_full = [](const nlohmann::json& parts) { return parts["journal"] == "failing"; };
  EXPECT_EQ(readiness(server->http_port(), is_full)["status"], 503);
  EXPECT_TRUE(spenders.see_a_refusal());
  EXPECT_EQ(readiness(server->http_port())["journal"], "failing") << "as long as it is full";
  disk.free();
  postgres.thaw();
  EXPECT_TRUE(spenders.allow(1000)) << "goes on by itself";
  const auto is_ready = [](const nlohmann::json& parts) { return parts["status"] == 200; };
  EXPECT_EQ(readiness(server->http_port(), is_ready)["journal"], "ok");

  administrator.reset();
  server->crash();
  const std::vector<Told>& told = spenders.stop();
  server.emplace(data, flags);
  administrator = connect();
  for (std::size_t i = 0; i < tenants.size(); ++i) {
    const std::uint64_t used =
        must(administrator->usage(tenants[i])).limits.at(0).reading.used.raw();
    EXPECT_GE(used, told[i].acknowledged);
    EXPECT_LE(used, told[i].acknowledged + told[i].unknown);
  }
}

}  // namespace
}  // namespace sluice::test
