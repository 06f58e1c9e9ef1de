using FluentValidation;
using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;

namespace NeuroLab.ArchitectureTests.Violations.Requests.Good.Rename
{
    public sealed record RenameCommand(Guid UserId) : ICommand<Unit>, IInvalidatesCache
    {
        public IReadOnlyList<Invalidation> Invalidations => [];
    }

    internal sealed class RenameHandler : ICommandHandler<RenameCommand, Unit>
    {
        public Task<Unit> ExecuteAsync(RenameCommand command, CancellationToken cancellationToken) => Unit.Task;
    }

    internal sealed class RenameValidator : AbstractValidator<RenameCommand>;
}

namespace NeuroLab.ArchitectureTests.Violations.Requests.Bad.Broken
{
    public sealed record WithoutHandlerQuery : IQuery<int>;

    public sealed record WithTwoHandlersQuery : IQuery<int>;

    public class NotHiddenHandler : IRequestHandler<WithTwoHandlersQuery, int>
    {
        public Task<int> Handle(WithTwoHandlersQuery request, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    internal sealed class SecondHandler : IRequestHandler<WithTwoHandlersQuery, int>
    {
        public Task<int> Handle(WithTwoHandlersQuery request, CancellationToken cancellationToken) => Task.FromResult(2);
    }

    internal class NotSealedValidator : AbstractValidator<WithTwoHandlersQuery>;

    public sealed record PlainQuery : IRequest<int>;

    internal sealed class PlainHandler : IRequestHandler<PlainQuery, int>
    {
        public Task<int> Handle(PlainQuery request, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("It is a fixture and writes nothing at all.")]
    public sealed record CachedCommand(Guid UserId) : ICommand<int>, ICacheableQuery
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    internal sealed class CachedHandler : ICommandHandler<CachedCommand, int>
    {
        public Task<int> ExecuteAsync(CachedCommand command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("It is a fixture and writes nothing at all.")]
    public sealed record NamedLikeAQuery : ICommand<int>;

    internal sealed class NamedLikeAQueryHandler : ICommandHandler<NamedLikeAQuery, int>
    {
        public Task<int> ExecuteAsync(NamedLikeAQuery command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    public sealed record SilentCommand : ICommand<int>;

    internal sealed class SilentHandler : ICommandHandler<SilentCommand, int>
    {
        public Task<int> ExecuteAsync(SilentCommand command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("It says one thing here and another below.")]
    public sealed record TwoTonguedCommand : ICommand<int>, IInvalidatesCache
    {
        public IReadOnlyList<Invalidation> Invalidations => [];
    }

    internal sealed class TwoTonguedHandler : ICommandHandler<TwoTonguedCommand, int>
    {
        public Task<int> ExecuteAsync(TwoTonguedCommand command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("-")]
    public sealed record WithoutReasonCommand : ICommand<int>;

    internal sealed class WithoutReasonHandler : ICommandHandler<WithoutReasonCommand, int>
    {
        public Task<int> ExecuteAsync(WithoutReasonCommand command, CancellationToken cancellationToken) => Task.FromResult(1);
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Requests.Bad
{
    public sealed record OutsideAUseCaseQuery : IQuery<int>;
}

namespace NeuroLab.ArchitectureTests.Violations.Requests.Bad.Elsewhere
{
    internal sealed class FarHandler : IRequestHandler<OutsideAUseCaseQuery, int>
    {
        public Task<int> Handle(OutsideAUseCaseQuery request, CancellationToken cancellationToken) => Task.FromResult(1);
    }
}
