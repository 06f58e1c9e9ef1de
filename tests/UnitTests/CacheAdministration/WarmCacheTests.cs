using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.CacheAdministration;
using NeuroLab.Application.Common;
using NeuroLab.UnitTests.Accounts;
using NSubstitute;

namespace NeuroLab.UnitTests.CacheAdministration;

public sealed class WarmCacheTests
{
    private readonly AccountFixture _fixture = new();
    private readonly IAuditLog _audit = Substitute.For<IAuditLog>();

    [Fact]
    public async Task Execute_WhenTheUserExists_AsksEveryQueryOnceAndSaysWhereItCameFrom()
    {
        FakeWarmUp[] warmUps = [WarmUp("B", CacheSource.Memory), WarmUp("A", CacheSource.Origin, "means"), WarmUp("C", CacheSource.Stale)];

        var answer = await WarmAsync($" {AccountFixture.Email}", warmUps);

        warmUps.Should().OnlyContain(warmUp => warmUp.Asked.Count == 1 && warmUp.Asked[0] == _fixture.User.Id);
        (answer.UserId, answer.Loaded, answer.Cached, answer.Stale).Should().Be((_fixture.User.Id, 1, 1, 1));
        answer.Queries.Select(query => (query.Query, query.Source, query.Partial))
            .Should().Equal(("A", CacheSource.Origin, true), ("B", CacheSource.Memory, false), ("C", CacheSource.Stale, false));
        _audit.Received(1).Add(AuditAction.CacheWarm, AuditOrigin.Console, _fixture.User.Id.ToString("D"));
    }

    [Fact]
    public async Task Execute_WhenGivenAnId_FindsTheAccount() => (await WarmAsync($" {_fixture.User.Id:D} ")).UserId.Should().Be(_fixture.User.Id);

    [Theory]
    [InlineData("nobody@example.org")]
    [InlineData("00000000-0000-0000-0000-000000000001")]
    public async Task Execute_WhenThereIsNoSuchAccount_AsksNothing(string user)
    {
        var warmUp = WarmUp("A", CacheSource.Origin);

        await FluentActions.Awaiting(() => WarmAsync(user, warmUp)).Should().ThrowAsync<NotFoundException>();

        warmUp.Asked.Should().BeEmpty();
        _audit.DidNotReceiveWithAnyArgs().Add(default, default!, default!);
    }

    [Fact]
    public async Task Execute_WhenAQueryCannotBeLoaded_FailsAndIsNotInTheAuditLog()
    {
        var warmUp = new FakeWarmUp("A", () => throw new OriginUnavailableException(StaleReason.OriginError));

        await FluentActions.Awaiting(() => WarmAsync(AccountFixture.Email, warmUp)).Should().ThrowAsync<OriginUnavailableException>();

        _audit.DidNotReceiveWithAnyArgs().Add(default, default!, default!);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("  ", false)]
    [InlineData("ada@example.org", true)]
    public void Validate_WhenItNamesNobody_SaysSo(string user, bool isValid) => new WarmCacheValidator().Validate(new WarmCache(user)).IsValid.Should().Be(isValid);

    [Fact]
    public void ToString_Always_HoldsNoAddress() => new WarmCache(AccountFixture.Email).ToString().Should().Be(nameof(WarmCache));

    private static FakeWarmUp WarmUp(string query, CacheSource source, params string[] failed) =>
        new(query, () => new Freshness { Source = source, CachedAt = default, FreshUntil = default, FailedOperations = failed });

    private Task<WarmCacheResponse> WarmAsync(string user, params IUserWarmUp[] warmUps) =>
        new WarmCacheHandler(_fixture.Accounts, warmUps, _audit, _fixture.Clock).ExecuteAsync(new WarmCache(user), default);

    private sealed class FakeWarmUp(string query, Func<Freshness> answer) : IUserWarmUp
    {
        public List<Guid> Asked { get; } = [];

        public string Query => query;

        public async Task<Freshness> AskAsync(Guid userId, CancellationToken cancellationToken)
        {
            await Task.Yield();
            Asked.Add(userId);
            return answer();
        }
    }
}
