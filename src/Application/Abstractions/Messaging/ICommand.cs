using MediatR;

namespace NeuroLab.Application.Abstractions.Messaging;

/// <summary>Marks a command, whatever it answers. Use <see cref="ICommand{TResponse}"/>.</summary>
public interface ICommand;

/// <summary>
/// A request that may write. What its handler put into the unit of work is committed once, with the journal records of
/// what it invalidates (<see cref="IInvalidatesCache"/>), after the handler has returned.
/// </summary>
/// <typeparam name="TResponse">The handler's answer; <see cref="Unit"/> where there is none.</typeparam>
public interface ICommand<TResponse> : IRequest<Committed<TResponse>>, ICommand;

/// <summary>Handles a command: changes what the unit of work holds, and leaves the commit to the pipeline.</summary>
/// <typeparam name="TCommand">The command.</typeparam>
/// <typeparam name="TResponse">The answer.</typeparam>
public interface ICommandHandler<TCommand, TResponse> : IRequestHandler<TCommand, Committed<TResponse>>
    where TCommand : ICommand<TResponse>
{
    /// <summary>Does the work up to, and not including, the commit.</summary>
    Task<TResponse> ExecuteAsync(TCommand command, CancellationToken cancellationToken);

    /// <inheritdoc />
    async Task<Committed<TResponse>> IRequestHandler<TCommand, Committed<TResponse>>.Handle(TCommand request, CancellationToken cancellationToken) =>
        new(await ExecuteAsync(request, cancellationToken).ConfigureAwait(false), null);
}
