using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Accounts;
using NeuroLab.Application.Common;
using NeuroLab.Domain.Accounts;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace NeuroLab.UnitTests.Accounts;

public sealed class RefreshSessionTests
{
    private readonly AccountFixture _fixture = new();
    private readonly Guid _family = Guid.NewGuid();

    [Fact]
    public async Task Execute_WhenTheTokenIsGood_RotatesItInItsFamily()
    {
        var token = Token();

        var answer = await Refresh();

        answer.RefreshToken.Should().Be("refresh-2");
        token.UsedAt.Should().Be(_fixture.Now);
        _fixture.Accounts.Received(1).Add(Arg.Is<RefreshToken>(next => next.FamilyId == _family && next.TokenHash == "stored refresh-2" && next.UsedAt == null));
        await _fixture.Accounts.DidNotReceiveWithAnyArgs().WithdrawFamilyAsync(default, default);
    }

    [Fact]
    public async Task Execute_WhenTheTokenWasUsed_WithdrawsTheFamilyForGoodAndFails()
    {
        Token().Use(_fixture.Now.AddMinutes(-1));

        await Refused();

        Received.InOrder(() =>
        {
            _fixture.Accounts.WithdrawFamilyAsync(_family, Arg.Any<CancellationToken>());
            _fixture.UnitOfWork.CommitAsync(Arg.Is<IReadOnlyList<Invalidation>>(list => list.Count == 0), nameof(RefreshSession), Arg.Any<CancellationToken>());
        });
        _fixture.Accounts.DidNotReceive().Add(Arg.Any<RefreshToken>());
    }

    [Fact]
    public async Task Execute_WhenTheThiefRacesTheOwner_WithdrawsTheSuccessorToo()
    {
        Token().Use(_fixture.Now);
        _fixture.UnitOfWork.CommitAsync(default!, default!, default)
            .ReturnsForAnyArgs(_ => throw new ConflictException("the owner refreshed"), _ => (long?)null);

        await Refused();

        await _fixture.Accounts.Received(2).WithdrawFamilyAsync(_family, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task Execute_WhenTheCallerHangsUpAfterReuse_StillWithdrawsTheFamily()
    {
        Token().Use(_fixture.Now);
        using var gone = new CancellationTokenSource();
        _fixture.Accounts.When(accounts => accounts.WithdrawFamilyAsync(_family, Arg.Any<CancellationToken>())).Do(_ => gone.Cancel());

        await Refused(gone.Token);

        await _fixture.Accounts.Received(1).WithdrawFamilyAsync(_family, CancellationToken.None);
        await _fixture.UnitOfWork.Received(1).CommitAsync(Arg.Any<IReadOnlyList<Invalidation>>(), Arg.Any<string>(), CancellationToken.None);
    }

    [Fact]
    public async Task Execute_WhenTwoUseTheTokenAtOnce_RefusesTheLoser()
    {
        Token();
        _fixture.UnitOfWork.CommitAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new ConflictException("changed meanwhile"));

        await Refused();
    }

    [Fact]
    public async Task Execute_WhenTheTokenIsUnknown_Fails()
    {
        await Refused();

        await _fixture.UnitOfWork.DidNotReceiveWithAnyArgs().CommitAsync(default!, default!, default);
    }

    [Fact]
    public async Task Execute_WhenTheTokenHasJustExpired_Fails()
    {
        var token = Token();
        _fixture.Clock.Advance(TimeSpan.FromDays(30));

        await Refused();

        token.UsedAt.Should().BeNull();
    }

    [Fact]
    public async Task Execute_WhenTheAccountIsGone_Fails()
    {
        Token();
        _fixture.Accounts.FindAsync(_fixture.User.Id, Arg.Any<CancellationToken>()).Returns((User?)null);

        await Refused();

        _fixture.Accounts.DidNotReceive().Add(Arg.Any<RefreshToken>());
    }

    [Fact]
    public void Validate_WhenNoTokenIsGiven_NamesTheField()
    {
        var validator = new RefreshSessionValidator();

        validator.Errors(new RefreshSession(null!)).Keys.Should().Equal("refresh_token");
        validator.Errors(new RefreshSession("")).Keys.Should().Equal("refresh_token");
        validator.Errors(new RefreshSession(new string('x', 513))).Keys.Should().Equal("refresh_token");
        validator.Errors(new RefreshSession("x")).Should().BeEmpty();
    }

    private RefreshToken Token()
    {
        var token = new RefreshToken(Guid.NewGuid(), _fixture.User.Id, _family, "stored refresh-1", _fixture.Now, _fixture.Now.AddDays(30));
        _fixture.Accounts.FindTokenAsync("stored refresh-1", Arg.Any<CancellationToken>()).Returns(token);
        return token;
    }

    private Task<SignInResponse> Refresh(CancellationToken cancellationToken = default) =>
        new RefreshSessionHandler(_fixture.Accounts, _fixture.UnitOfWork, _fixture.Tokens, _fixture.Clock)
            .ExecuteAsync(new RefreshSession("refresh-1"), cancellationToken);

    private async Task Refused(CancellationToken cancellationToken = default)
    {
        var act = () => Refresh(cancellationToken);
        await act.Should().ThrowAsync<AuthenticationFailedException>();
    }
}
