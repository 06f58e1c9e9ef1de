using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Common;
using NeuroLab.UnitTests.Accounts;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace NeuroLab.Application.Accounts;

public sealed class SignOutTests
{
    private readonly AccountFixture _fixture = new();

    [Fact]
    public async Task SignOut_WhenCalled_WithdrawsEveryRefreshToken()
    {
        await new SignOutHandler(_fixture.Accounts, _fixture.UnitOfWork).ExecuteAsync(new SignOut(_fixture.User.Id), default);

        await _fixture.Accounts.Received(1).WithdrawAllAsync(_fixture.User.Id, Arg.Any<CancellationToken>());
        await _fixture.UnitOfWork.Received(1).CommitAsync(Arg.Any<IReadOnlyList<Invalidation>>(), nameof(SignOut), Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task SignOut_WhenATokenIsUsedMeanwhile_WithdrawsItsSuccessorToo()
    {
        _fixture.UnitOfWork.CommitAsync(default!, default!, default)
            .ReturnsForAnyArgs(_ => throw new ConflictException("changed meanwhile"), _ => (long?)null);

        await new SignOutHandler(_fixture.Accounts, _fixture.UnitOfWork).ExecuteAsync(new SignOut(_fixture.User.Id), default);

        await _fixture.Accounts.Received(2).WithdrawAllAsync(_fixture.User.Id, Arg.Any<CancellationToken>());
    }

    [Fact]
    public async Task SignOut_WhenTokensChangeEachTime_GivesUpInTheEnd()
    {
        _fixture.UnitOfWork.CommitAsync(default!, default!, default).ThrowsAsyncForAnyArgs(new ConflictException("changed meanwhile"));

        await FluentActions.Awaiting(() => new SignOutHandler(_fixture.Accounts, _fixture.UnitOfWork).ExecuteAsync(new SignOut(_fixture.User.Id), default))
            .Should().ThrowAsync<ConflictException>();
    }
}
