using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace NeuroLab.UnitTests.Accounts;

public sealed class SignInTests
{
    private readonly AccountFixture _fixture = new();
    private readonly SignInHandler _handler;

    public SignInTests() => _handler = new SignInHandler(_fixture.Accounts, _fixture.UnitOfWork, _fixture.Hasher, _fixture.Tokens, _fixture.Throttle, _fixture.Clock);

    [Fact]
    public async Task Execute_WhenThePasswordIsRight_BeginsASession()
    {
        var answer = await _handler.ExecuteAsync(new SignIn(" ADA@example.org", "secret-1", AccountFixture.Address), default);

        answer.Should().Be(new SignInResponse("access", "Bearer", 3600, "refresh-2"));
        _fixture.Accounts.Received(1).Add(Arg.Is<RefreshToken>(token => token.UserId == _fixture.User.Id && token.TokenHash == "stored refresh-2"
            && token.ExpiresAt == _fixture.Now.AddDays(30) && token.UsedAt == null));
        _fixture.Accounts.Received(1).RequireUnchangedPassword(_fixture.User);
        await _fixture.UnitOfWork.Received(1).CommitAsync(Arg.Any<IReadOnlyList<Invalidation>>(), nameof(SignIn), Arg.Any<CancellationToken>());
        _fixture.User.PasswordHash.Should().Be("hash of secret-1");
        _fixture.Attempt.DidNotReceive().Fail();
        _fixture.Attempt.Received(1).Dispose();
    }

    [Fact]
    public async Task Execute_WhenTheHashIsOutdated_MakesItAgain()
    {
        _fixture.Hasher.VerifyAsync("hash of secret-1", "secret-1", Arg.Any<CancellationToken>()).Returns(PasswordVerdict.RightButOutdated);
        _fixture.Hasher.HashAsync("secret-1", Arg.Any<CancellationToken>()).Returns("newer hash of secret-1");

        await _handler.ExecuteAsync(new SignIn("ada@example.org", "secret-1", AccountFixture.Address), default);

        _fixture.User.PasswordHash.Should().Be("newer hash of secret-1");
    }

    [Fact]
    public async Task Execute_WhenThePasswordIsChangedMeanwhile_FailsTheSameWay()
    {
        _fixture.UnitOfWork.CommitAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new ConflictException("changed meanwhile"));

        var failure = await Failure("ada@example.org", "secret-1");

        failure.Message.Should().Be((await Failure("ada@example.org", "wrong")).Message);
    }

    [Fact]
    public async Task Execute_WhenTheDatabaseFails_CountsNoFailure()
    {
        _fixture.Accounts.FindByEmailAsync(default!, default).ThrowsAsyncForAnyArgs(new OriginUnavailableException(StaleReason.OriginError));

        var act = () => _handler.ExecuteAsync(new SignIn("ada@example.org", "wrong", AccountFixture.Address), default);

        await act.Should().ThrowAsync<OriginUnavailableException>();
        _fixture.Attempt.DidNotReceive().Fail();
        _fixture.Attempt.Received(1).Dispose();
    }

    [Fact]
    public async Task Execute_WhenPasswordOrAccountIsWrong_FailsTheSameWay()
    {
        var wrongPassword = await Failure("ada@example.org", "wrong");
        var noAccount = await Failure("nobody@example.org", "secret-1");

        noAccount.Message.Should().Be(wrongPassword.Message);
        await _fixture.Hasher.Received(1).VerifyAsync(null, "secret-1", Arg.Any<CancellationToken>());
        await _fixture.Throttle.Received(1).BeginAsync(AccountFixture.Address, "ada@example.org", Arg.Any<CancellationToken>());
        await _fixture.Throttle.Received(1).BeginAsync(AccountFixture.Address, "nobody@example.org", Arg.Any<CancellationToken>());
        _fixture.Attempt.Received(2).Fail();
        _fixture.Accounts.DidNotReceive().Add(Arg.Any<RefreshToken>());
    }

    [Fact]
    public async Task Execute_WhenHeldBack_AsksNeitherDatabaseNorHasher()
    {
        _fixture.HoldBack(TimeSpan.FromSeconds(42));

        var act = () => _handler.ExecuteAsync(new SignIn("Ada@example.org", "secret-1", AccountFixture.Address), default);

        (await act.Should().ThrowAsync<RateLimitedException>()).Which.RetryAfter.Should().Be(TimeSpan.FromSeconds(42));
        await _fixture.Hasher.DidNotReceiveWithAnyArgs().VerifyAsync(default, default!, default);
        await _fixture.Accounts.DidNotReceiveWithAnyArgs().FindByEmailAsync(default!, default);
    }

    [Fact]
    public void Validate_WhenFieldsAreMissing_NamesThem()
    {
        new SignInValidator().Errors(new SignIn(null!, null!, "x")).Keys.Should().BeEquivalentTo("email", "password");
        new SignInValidator().Errors(new SignIn("a\0@b.c", new string('p', 129), "x")).Keys.Should().BeEquivalentTo("email", "password");
        new SignInValidator().Errors(new SignIn("a@b.c", "short", "x")).Should().BeEmpty("a password chosen under older rules still signs in");
    }

    [Fact]
    public void ToString_WhenARequestHoldsASecret_LeavesItOut()
    {
        new SignIn("a@b.c", "top-secret", "x").ToString().Should().NotContain("top-secret");
        new Register("a@b.c", "x", "top-secret").ToString().Should().NotContain("top-secret");
        new RefreshSession("top-secret").ToString().Should().NotContain("top-secret");
        new ChangePassword(Guid.Empty, "top-secret", "top-secret-2", "x").ToString().Should().NotContain("top-secret");
        new SignInResponse("top-secret", "Bearer", 1, "top-secret").ToString().Should().NotContain("top-secret");
    }

    private async Task<AuthenticationFailedException> Failure(string email, string password)
    {
        var act = () => _handler.ExecuteAsync(new SignIn(email, password, AccountFixture.Address), default);
        return (await act.Should().ThrowAsync<AuthenticationFailedException>()).Which;
    }
}
