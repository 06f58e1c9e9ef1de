using Microsoft.Extensions.Time.Testing;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Abstractions.Persistence;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace NeuroLab.UnitTests.Accounts;

/// <summary>The ports that the account use cases talk to.</summary>
internal sealed class AccountFixture
{
    public const string Address = "192.0.2.1";
    public const string Email = "ada@example.org";

    public AccountFixture()
    {
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        User = new User(Guid.NewGuid(), Email, "ada", "hash of secret-1", Now);
        Accounts.FindByEmailAsync(Email, Arg.Any<CancellationToken>()).Returns(User);
        Accounts.FindAsync(User.Id, Arg.Any<CancellationToken>()).Returns(User);
        Hasher.HashAsync(Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(call => "hash of " + call.Arg<string>());
        Hasher.VerifyAsync(Arg.Any<string?>(), Arg.Any<string>(), Arg.Any<CancellationToken>())
            .Returns(call => call.ArgAt<string?>(0) == "hash of " + call.ArgAt<string>(1) ? PasswordVerdict.Right : PasswordVerdict.Wrong);
        Tokens.IssueAccessTokenAsync(Arg.Any<User>(), Arg.Any<CancellationToken>()).Returns(new AccessToken("access", TimeSpan.FromHours(1)));
        Tokens.CreateRefreshToken().Returns(new NewRefreshToken("refresh-2", "stored refresh-2", TimeSpan.FromDays(30)));
        Tokens.HashRefreshToken(Arg.Any<string>()).Returns(call => "stored " + call.Arg<string>());
        Throttle.BeginAsync(Arg.Any<string>(), Arg.Any<string>(), Arg.Any<CancellationToken>()).Returns(Attempt);
    }

    public FakeTimeProvider Clock { get; }

    public DateTime Now => Clock.GetUtcNow().UtcDateTime;

    public User User { get; }

    public IAccountRepository Accounts { get; } = Substitute.For<IAccountRepository>();

    public IUnitOfWork UnitOfWork { get; } = Substitute.For<IUnitOfWork>();

    public IPasswordHasher Hasher { get; } = Substitute.For<IPasswordHasher>();

    public ITokenIssuer Tokens { get; } = Substitute.For<ITokenIssuer>();

    public ISignInThrottle Throttle { get; } = Substitute.For<ISignInThrottle>();

    /// <summary>What the throttle lets begin.</summary>
    public ISignInAttempt Attempt { get; } = Substitute.For<ISignInAttempt>();

    /// <summary>Makes the throttle hold everybody back.</summary>
    public void HoldBack(TimeSpan delay) =>
        Throttle.BeginAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new RateLimitedException("Too many failed sign-ins.", delay));
}
