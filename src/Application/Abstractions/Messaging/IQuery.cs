using MediatR;

namespace NeuroLab.Application.Abstractions.Messaging;

/// <summary>A question that changes nothing and is never cached.</summary>
/// <typeparam name="TResponse">The answer.</typeparam>
public interface IQuery<out TResponse> : IRequest<TResponse>;
