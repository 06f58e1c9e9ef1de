using NeuroLab.Application.Abstractions.Auditing;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Identity;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NSubstitute;

namespace NeuroLab.UnitTests.Accounts;

public sealed class AccountCommandsTests
{
    private readonly AccountFixture _fixture = new();
    private readonly IAuditLog _audit = Substitute.For<IAuditLog>();

    [Fact]
    public async Task ChangePassword_WhenTheCurrentIsRight_ChangesItAndWithdrawsEveryRefreshToken()
    {
        await Change("secret-1", "secret-two");

        _fixture.User.PasswordHash.Should().Be("hash of secret-two");
        await _fixture.Accounts.Received(1).WithdrawAllAsync(_fixture.User.Id, Arg.Any<CancellationToken>());
        _fixture.Attempt.DidNotReceive().Fail();
        _fixture.Attempt.Received(1).Dispose();
    }

    [Fact]
    public async Task ChangePassword_WhenTheCurrentIsWrong_ChangesNothingAndCountsTheFailure()
    {
        await Awaiting(() => Change("wrong", "secret-two")).Should().ThrowAsync<AuthenticationFailedException>();

        _fixture.User.PasswordHash.Should().Be("hash of secret-1");
        await _fixture.Throttle.Received(1).BeginAsync(AccountFixture.Address, AccountFixture.Email, Arg.Any<CancellationToken>());
        _fixture.Attempt.Received(1).Fail();
        await _fixture.Accounts.DidNotReceiveWithAnyArgs().WithdrawAllAsync(default, default);
    }

    [Fact]
    public async Task ChangePassword_WhenHeldBack_DoesNotTryThePassword()
    {
        _fixture.HoldBack(TimeSpan.FromSeconds(5));

        await Awaiting(() => Change("secret-1", "secret-two")).Should().ThrowAsync<RateLimitedException>();

        await _fixture.Hasher.DidNotReceiveWithAnyArgs().VerifyAsync(default, default!, default);
    }

    [Fact]
    public async Task ChangePassword_WhenTheAccountIsGone_Fails()
    {
        _fixture.Accounts.FindAsync(_fixture.User.Id, Arg.Any<CancellationToken>()).Returns((User?)null);

        await Awaiting(() => Change("secret-1", "secret-two")).Should().ThrowAsync<AuthenticationFailedException>();
    }

    [Fact]
    public void ChangePassword_WhenFieldsAreWrong_NamesThem()
    {
        var validator = new ChangePasswordValidator();

        validator.Errors(new ChangePassword(Guid.Empty, null!, "1234567", "x")).Keys.Should().BeEquivalentTo("current_password", "new_password");
        validator.Errors(new ChangePassword(Guid.Empty, "x", "12345678", "x")).Should().BeEmpty();
    }

    [Fact]
    public async Task DeleteAccount_WhenThere_RemovesIt()
    {
        await new DeleteAccountHandler(_fixture.Accounts).ExecuteAsync(new DeleteAccount(_fixture.User.Id), default);

        _fixture.Accounts.Received(1).Remove(_fixture.User);
    }

    [Fact]
    public async Task DeleteAccount_WhenGone_IsNotFound() =>
        await Awaiting(() => new DeleteAccountHandler(_fixture.Accounts).ExecuteAsync(new DeleteAccount(Guid.NewGuid()), default))
            .Should().ThrowAsync<NotFoundException>();

    [Fact]
    public void DeleteAccount_WhenCommitted_PurgesAllThatIsItsOwn()
    {
        var id = _fixture.User.Id;

        new DeleteAccount(id).Invalidations.Should().Equal(
            new Invalidation(InvalidationTarget.Pattern, $"dashboard:{id}:*", IsPurge: true),
            new Invalidation(InvalidationTarget.Pattern, $"experiments:{id}:*", IsPurge: true),
            new Invalidation(InvalidationTarget.Pattern, $"account:{id}", IsPurge: true));
        AccountKeys.Account(id).Value.Should().Be($"account:{id}");
    }

    [Fact]
    public async Task GrantAdmin_WhenThere_GrantsIt()
    {
        var answer = await new GrantAdminHandler(_fixture.Accounts, _audit).ExecuteAsync(new GrantAdmin(" ADA@example.org "), default);

        _fixture.User.IsAdmin.Should().BeTrue();
        answer.Should().Be(new AccountResponse(_fixture.User.Id, AccountFixture.Email, "ada"));
        _audit.Received(1).Add(AuditAction.AdminGrant, AuditOrigin.Console, _fixture.User.Id.ToString("D"));
    }

    [Fact]
    public async Task GrantAdmin_WhenNobodyHasTheAddress_IsNotFound()
    {
        await Awaiting(() => new GrantAdminHandler(_fixture.Accounts, _audit).ExecuteAsync(new GrantAdmin("nobody@example.org"), default))
            .Should().ThrowAsync<NotFoundException>();
        _audit.DidNotReceiveWithAnyArgs().Add(default, default!, default!);
        new GrantAdminValidator().Errors(new GrantAdmin("nobody")).Keys.Should().Equal("email");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RotateSigningKey_WhenAKeyWasMade_IsAudited(bool isNew)
    {
        var keys = Substitute.For<ISigningKeyRotation>();
        keys.RotateAsync(Arg.Any<CancellationToken>()).Returns(new KeyRotation("id", _fixture.Now, isNew));

        var answer = await new RotateSigningKeyHandler(keys, _audit).ExecuteAsync(new RotateSigningKey(), default);

        answer.IsNew.Should().Be(isNew);
        _audit.Received(isNew ? 1 : 0).Add(AuditAction.KeyRotation, AuditOrigin.Console, "id");
    }

    private Task<MediatR.Unit> Change(string current, string next) =>
        new ChangePasswordHandler(_fixture.Accounts, _fixture.Hasher, _fixture.Throttle)
            .ExecuteAsync(new ChangePassword(_fixture.User.Id, current, next, AccountFixture.Address), default);

    private static Func<Task> Awaiting(Func<Task> act) => act;
}
