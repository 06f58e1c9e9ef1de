using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Accounts;
using NeuroLab.Infrastructure.Identity;

namespace NeuroLab.UnitTests.Identity;

public sealed class AccountRevocationsTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly AccountRevocations _revocations;
    private readonly Guid _user = Guid.NewGuid();

    public AccountRevocationsTests() => _revocations = new AccountRevocations(_clock);

    [Fact]
    public void OnRecords_WhenAnAccountWasDeleted_RevokesItAndNoOther()
    {
        See([.. new DeleteAccount(_user).Invalidations]);

        _revocations.IsRevoked(_user).Should().BeTrue();
        _revocations.IsRevoked(Guid.NewGuid()).Should().BeFalse();
    }

    [Fact]
    public void OnRecords_WhenItIsSomethingElse_RevokesNothing()
    {
        See(
            Invalidation.OfPattern(CachePattern.Exact(AccountKeys.Account(_user))),
            Invalidation.Purge(CachePattern.Owned("account", _user)),
            Invalidation.Purge(CachePattern.Owned("dashboard", _user)),
            Invalidation.Purge(CachePattern.Glob($"account:{_user:D}*")),
            Invalidation.Purge(CachePattern.Glob($"account:{_user:N}")),
            Invalidation.Purge(CachePattern.Glob($"account:{_user.ToString("D").ToUpperInvariant()}X")),
            Invalidation.Purge(CachePattern.All),
            Invalidation.OfTag($"account:{_user:D}"));

        _revocations.IsRevoked(_user).Should().BeFalse();
        _revocations.Count.Should().Be(0);
    }

    [Fact]
    public void OnRecords_WhenAnotherCommandPurgedTheKey_RevokesNothing()
    {
        See("ClearCache", [.. new DeleteAccount(_user).Invalidations]);

        _revocations.IsRevoked(_user).Should().BeFalse();
    }

    [Fact]
    public void OnRecords_WhenNoTokenCanBeLeft_ForgetsTheAccount()
    {
        See([.. new DeleteAccount(_user).Invalidations]);
        _clock.Advance(AccessTokenRules.Lifetime);
        See();
        _revocations.IsRevoked(_user).Should().BeTrue();

        _clock.Advance(AccessTokenRules.ClockSkew + TimeSpan.FromSeconds(1));
        See();

        _revocations.Count.Should().Be(0);
    }

    [Fact]
    public void OnRecords_WhenARecordIsSeenAgain_RemembersItOnce()
    {
        See([.. new DeleteAccount(_user).Invalidations]);
        See([.. new DeleteAccount(_user).Invalidations]);

        _revocations.Count.Should().Be(1);
    }

    private void See(params Invalidation[] invalidations) => See(nameof(DeleteAccount), invalidations);

    private void See(string command, Invalidation[] invalidations) => _revocations.OnRecords(
        [.. invalidations.Select((invalidation, index) => new JournalRecord(index, invalidation, command, _clock.GetUtcNow().UtcDateTime))]);
}
