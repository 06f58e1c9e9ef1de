using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.Application.Abstractions.Persistence;

namespace NeuroLab.Application.Behaviours;

/// <summary>
/// Commits what a command's handler has changed, in one transaction with the record of what that invalidates, and then, whatever the caller does
/// meanwhile, makes it known on this node. A command that fails invalidates nothing, but for one whose only row is gone by then: its records may stand.
/// </summary>
internal sealed class TransactionBehavior<TCommand, T>(IUnitOfWork unitOfWork, ICommitObserver commits) : IPipelineBehavior<TCommand, Committed<T>>
    where TCommand : ICommand<T>
{
    public async Task<Committed<T>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Committed<T>> next)
    {
        var response = await next().ConfigureAwait(false);
        var invalidations = request is IInvalidatesCache invalidating ? invalidating.Invalidations : [];
        var position = await unitOfWork.CommitAsync(invalidations, typeof(TCommand).Name, cancellationToken).ConfigureAwait(false);
        if (position is null)
        {
            return response;
        }

        await commits.CommittedAsync(position.Value, invalidations, typeof(TCommand).Name).ConfigureAwait(false);
        return response with { Token = new ConsistencyToken(position.Value) };
    }
}
