using FluentValidation;
using MediatR;
using NeuroLab.Application.Abstractions.Caching;
using NeuroLab.Application.Abstractions.Messaging;
using NeuroLab.ArchitectureTests.Violations.Requests.Broken.Deeper;

namespace NeuroLab.ArchitectureTests.Violations.Requests.Good
{
    public sealed record Rename(Guid UserId) : ICommand<Unit>, IInvalidatesCache
    {
        public IReadOnlyList<Invalidation> Invalidations => [];
    }

    internal sealed class RenameHandler : ICommandHandler<Rename, Unit>
    {
        public Task<Unit> ExecuteAsync(Rename command, CancellationToken cancellationToken) => Unit.Task;
    }

    internal sealed class RenameValidator : AbstractValidator<Rename>;
}

namespace NeuroLab.ArchitectureTests.Violations.Requests.Broken
{
    public sealed record WithoutHandler : IQuery<int>;

    public sealed record WithTwoHandlers : IQuery<int>;

    public sealed class WithTwoHandlersHandler : IRequestHandler<WithTwoHandlers, int>
    {
        public Task<int> Handle(WithTwoHandlers request, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    internal sealed class SecondHandler : IRequestHandler<WithTwoHandlers, int>
    {
        public Task<int> Handle(WithTwoHandlers request, CancellationToken cancellationToken) => Task.FromResult(2);
    }

    internal class NotSealed : AbstractValidator<WithTwoHandlers>;

    public sealed record Plain : IRequest<int>;

    internal sealed class PlainHandler : IRequestHandler<Plain, int>
    {
        public Task<int> Handle(Plain request, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("It is a fixture and writes nothing at all.")]
    public sealed record CachedAndCommanded(Guid UserId) : ICommand<int>, ICacheableQuery
    {
        public CacheKey Key => CacheKey.Owned("fixture", UserId);

        public CachePolicy Policy => CachePolicy.Default;
    }

    internal sealed class CachedAndCommandedHandler : ICommandHandler<CachedAndCommanded, int>
    {
        public Task<int> ExecuteAsync(CachedAndCommanded command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("It is a fixture and writes nothing at all.")]
    public sealed record SuffixedCommand : ICommand<int>;

    internal sealed class SuffixedCommandHandler : ICommandHandler<SuffixedCommand, int>
    {
        public Task<int> ExecuteAsync(SuffixedCommand command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    public sealed class NotARecord : IQuery<int>;

    internal sealed class NotARecordHandler : IRequestHandler<NotARecord, int>
    {
        public Task<int> Handle(NotARecord request, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    public sealed record Silent : ICommand<int>;

    internal sealed class SilentHandler : ICommandHandler<Silent, int>
    {
        public Task<int> ExecuteAsync(Silent command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("It says one thing here and another below.")]
    public sealed record TwoTongued : ICommand<int>, IInvalidatesCache
    {
        public IReadOnlyList<Invalidation> Invalidations => [];
    }

    internal sealed class TwoTonguedHandler : ICommandHandler<TwoTongued, int>
    {
        public Task<int> ExecuteAsync(TwoTongued command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    [InvalidatesNothing("-")]
    public sealed record WithoutReason : ICommand<int>;

    internal sealed class WithoutReasonHandler : ICommandHandler<WithoutReason, int>
    {
        public Task<int> ExecuteAsync(WithoutReason command, CancellationToken cancellationToken) => Task.FromResult(1);
    }

    internal sealed class FarHandler : IRequestHandler<OutsideItsModule, int>
    {
        public Task<int> Handle(OutsideItsModule request, CancellationToken cancellationToken) => Task.FromResult(1);
    }
}

namespace NeuroLab.ArchitectureTests.Violations.Requests.Broken.Deeper
{
    public sealed record OutsideItsModule : IQuery<int>;
}
