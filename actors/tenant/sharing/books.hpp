// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/tenant/audit.hpp"
#include "actors/tenant/fault.hpp"
#include "actors/tenant/ownership.hpp"
#include "actors/tenant/sharing/payout.hpp"
#include "actors/tenant/sharing/sharing_change.hpp"
#include "actors/tenant/sharing/statement.hpp"

namespace sluice {

/// As in store.hpp.
struct Deed;

/// What is done for one kind of period after the other: lines are made for those in which use is
/// billed, and payouts for those by which they are scheduled. The numbers are stored.
enum class BooksTask : std::uint8_t {
  close_days,
  close_weeks,
  close_months,
  pay_daily,
  pay_weekly,
  pay_monthly,
};
inline constexpr std::array books_tasks{BooksTask::close_days,   BooksTask::close_weeks,
                                        BooksTask::close_months, BooksTask::pay_daily,
                                        BooksTask::pay_weekly,   BooksTask::pay_monthly};
[[nodiscard]] constexpr bool closes(BooksTask task) noexcept {
  return task <= BooksTask::close_months;
}
/// Of what length its periods are.
[[nodiscard]] BillingPeriod period_of(BooksTask task) noexcept;
/// Of one that pays.
[[nodiscard]] PayoutSchedule schedule_of(BooksTask task) noexcept;

/// How far a task has come: everything before the period that begins at `next`.
struct BooksMark {
  BooksTask task = BooksTask::close_days;
  WallTime next{};
  friend bool operator==(const BooksMark&, const BooksMark&) = default;
};
struct BooksProgress {
  std::optional<WallTime> begun{};  ///< When the first policy was registered; nothing: never.
  std::vector<BooksMark> marks{};   ///< At most one for each task.
  friend bool operator==(const BooksProgress&, const BooksProgress&) = default;
};

/// What is to be done next: the earliest period of any task that may be seen to, if everything that
/// happened before `saved_until` is in the store. Lines come before payouts that may contain them.
struct BooksStep {
  BooksTask task = BooksTask::close_days;
  Window period{};
  friend bool operator==(const BooksStep&, const BooksStep&) = default;
};
[[nodiscard]] std::optional<BooksStep> next_step(const BooksProgress& progress,
                                                 WallTime saved_until);
/// The periods of this length that are not closed and have begun, the earliest first; at most
/// `open_periods_max`, of which the last holds `now`.
[[nodiscard]] std::vector<Window> open_periods(const BooksProgress& progress, BillingPeriod period,
                                               WallTime now);
inline constexpr std::size_t open_periods_max = 2;
/// Whether all periods before those are closed.
[[nodiscard]] bool only_these_are_open(const BooksProgress& progress, WallTime now);
/// Why a tenant cannot be purged before then.
[[nodiscard]] Fault not_yet_billed(WallTime until);

/// Which grants to tell: those that stood in the window, and those that something was counted of in
/// its hours, however long after their end that was. In the order of their ids.
struct GrantSpanQuery {
  std::optional<TenantId> tenant{};  ///< Nothing: all.
  SharingSide side = SharingSide::owner;
  std::optional<PolicyId> policy{};
  std::optional<BillingPeriod> billed{};  ///< By what their policies' use is billed.
  Window window{};
  std::optional<SharingId> after{};
  std::size_t count_max = 64;  ///< 1 to `shared_grants_max`.
};
inline constexpr std::size_t shared_grants_max = 64;

/// Which metered hours to tell: those of these grants from `from` on, but before `to`.
struct SharedUsageQuery {
  std::vector<SharingId> grants{};  ///< At most `shared_grants_max`.
  Hour from{};
  Hour to{};
};

/// Lines of a period, and how far the task is then.
struct StatementClosing {
  std::vector<StatementLine> lines{};
  std::optional<BooksMark> mark{};
};

/// Which lines to tell: of a tenant, of periods that begin at `from` or later but before `to`, in
/// the order of these and of their grants.
struct StatementCursor {
  WallTime period_start{};
  SharingId grant{};
  friend auto operator<=>(const StatementCursor&, const StatementCursor&) = default;
};
struct StatementQuery {
  TenantId tenant{};
  SharingSide side = SharingSide::owner;
  WallTime from = WallTime::min();
  WallTime to = WallTime::max();
  std::optional<PolicyId> policy{};
  std::optional<TenantId> counterparty{};  ///< The consumer, or to a consumer the owner.
  std::optional<StatementCursor> after{};
  std::size_t page_size = 50;  ///< 1 to `statement_page_size_max`.
};
inline constexpr std::size_t statement_page_size_max = 1000;
struct StatementPage {
  std::vector<StatementLine> lines{};
  bool more = false;
  /// Of all that the query asks for, and not of the page; told with the first page.
  std::vector<CurrencySum> totals{};
};
/// The same for what is not closed: `from` and `to` do not matter.
[[nodiscard]] Result<Done> validate(const StatementQuery& query);

/// Which payouts to tell: an owner's, the latest first.
struct PayoutQuery {
  TenantId owner{};
  std::string currency{};            ///< Empty: all, in the order of their names.
  std::optional<PayoutKey> after{};  ///< The cursor.
  std::size_t page_size = 50;        ///< 1 to `statement_page_size_max`.
};
struct PayoutPage {
  std::vector<Payout> payouts{};
  bool more = false;
};
[[nodiscard]] Result<Done> validate(const PayoutQuery& query);

/// What is unpaid of owners above `after`: all pools of up to `owners_max` of them, of lines whose
/// periods ended by `through`, in the order of owner, currency and policy.
struct UnpaidQuery {
  WallTime through{};
  std::optional<TenantId> after{};
  std::size_t owners_max = 64;
};

/// The part of `Store` that is about money: what its class says holds here, too.
class SharingBooks {
public:
  virtual ~SharingBooks() = default;

  [[nodiscard]] virtual Result<BooksProgress> books_progress() = 0;
  [[nodiscard]] virtual Result<std::vector<GrantSpan>> grant_spans(const GrantSpanQuery& query) = 0;
  /// All of these policies, of each in their order; of such that there never were, none.
  [[nodiscard]] virtual Result<std::vector<SharingTerms>> sharing_terms(
      std::span<const PolicyId> policies) = 0;
  /// Closed hours and the open ones, each once, by grant and hour.
  [[nodiscard]] virtual Result<std::vector<SharedHourRow>> shared_usage(
      const SharedUsageQuery& query) = 0;

  /// Appends lines unless they are there already, with what they leave unpaid.
  [[nodiscard]] virtual Result<Done> close_statements(Epoch epoch,
                                                      const StatementClosing& closing) = 0;
  [[nodiscard]] virtual Result<StatementPage> statements(const StatementQuery& query) = 0;

  [[nodiscard]] virtual Result<std::vector<UnpaidPool>> unpaid_pools(const UnpaidQuery& query) = 0;
  /// In the order of the policies, of each the earliest first; the first `count_max`.
  [[nodiscard]] virtual Result<std::vector<UnpaidLine>> unpaid_lines(const DuePayout& due,
                                                                     WallTime through,
                                                                     std::size_t count_max) = 0;
  /// Of the owner's next number. `conflict` if it is not that, or one of the lines is not unpaid.
  [[nodiscard]] virtual Result<Done> pay_out(const Deed& deed, const Payout& payout,
                                             std::span<const UnpaidLine> lines) = 0;
  /// `not_found`; `conflict` if it is paid already.
  [[nodiscard]] virtual Result<Payout> mark_payout_paid(const Deed& deed, const PayoutKey& key,
                                                        WallTime at,
                                                        std::string_view reference) = 0;
  [[nodiscard]] virtual Result<PayoutPage> payouts(const PayoutQuery& query) = 0;
};

}  // namespace sluice
